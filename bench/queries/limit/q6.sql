select json_build_object('initiatives', json_build_object('nodes', coalesce(json_agg(json_build_object(
    'id', i.id, 'title', i.title, 'scope', i.scope,
    'location', json_build_object('latitude', i.latitude, 'longitude', i.longitude))), '[]')))::text
from (select id, title, scope, latitude, longitude from initiative
      where publication = 'PUBLISHED'
        and point(longitude, latitude)
            <@ box(point($2::text::float8, $1::text::float8), point($4::text::float8, $3::text::float8))
      order by power(geo_x - cos(radians($5::text::float8)) * cos(radians($6::text::float8)), 2)
             + power(geo_y - cos(radians($5::text::float8)) * sin(radians($6::text::float8)), 2)
             + power(geo_z - sin(radians($5::text::float8)), 2), id limit 50) i
