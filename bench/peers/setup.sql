-- What the peers need beside the registry's own schema: the functions that a team would
-- write for PostGraphile, and an index for the nearest. Maillage uses none of it.
create index if not exists bench_initiative_point
    on initiative using gist (point(longitude, latitude)) where publication = 'PUBLISHED';

create or replace function bench_commune_theme(commune text, theme text) returns setof initiative
language sql stable as $$
    select i.* from initiative i
    join initiative_commune c on c.initiative_id = i.id
    join initiative_theme t on t.initiative_id = i.id
    where c.commune_insee = $1
      and t.theme_id = (select id from theme where slug = $2)
      and i.publication = 'PUBLISHED'
    order by i.id desc
$$;

create or replace function bench_search(question text) returns setof initiative
language sql stable as $$
    select i.* from search_document d
    join initiative i on i.id = d.entity_id and i.publication = 'PUBLISHED'
    where d.entity_kind = 'initiative' and d.all_vector @@ to_tsquery('simple', question)
    order by ts_rank(d.all_vector, to_tsquery('simple', question)) desc, i.id desc
$$;

create or replace function bench_nearest(
    south double precision, west double precision, north double precision, east double precision,
    latitude double precision, longitude double precision
) returns setof initiative language sql stable as $$
    select i.* from initiative i
    where i.publication = 'PUBLISHED'
      and point(i.longitude, i.latitude) <@ box(point(west, south), point(east, north))
    order by power(i.geo_x - cos(radians($5)) * cos(radians($6)), 2)
           + power(i.geo_y - cos(radians($5)) * sin(radians($6)), 2)
           + power(i.geo_z - sin(radians($5)), 2), i.id
$$;

do $$ begin
    create type bench_count as (commune_insee text, scope text, published integer);
exception when duplicate_object then null; end $$;
create or replace function bench_counts() returns setof bench_count
language sql stable as $$
    select c.commune_insee, i.scope, count(*)::integer
    from initiative i join initiative_commune c on c.initiative_id = i.id
    where i.publication = 'PUBLISHED'
    group by c.commune_insee, i.scope
$$;
