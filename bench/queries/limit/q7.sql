select json_build_object('counts', coalesce(json_agg(json_build_object(
    'communeInsee', commune_insee, 'scope', scope, 'published', published)), '[]'))::text
from initiative_tally where commune_insee <> '' and published > 0
