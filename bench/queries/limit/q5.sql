select json_build_object('initiatives', json_build_object('nodes', coalesce(json_agg(json_build_object(
    'id', i.id, 'title', i.title, 'summary', i.summary, 'scope', i.scope,
    'commune', (select json_build_object('name', c.name, 'inseeCode', c.insee_code)
                from commune c where c.insee_code = i.commune_insee))), '[]')))::text
from (select i.id, i.title, i.summary, i.scope, i.commune_insee from search_document d
      join initiative i on i.id = d.entity_id and i.publication = 'PUBLISHED'
      where d.entity_kind = 'initiative' and d.all_vector @@ to_tsquery('simple', $1)
      order by ts_rank(d.all_vector, to_tsquery('simple', $1)) desc, i.id desc limit 20) i
