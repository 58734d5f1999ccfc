with found as materialized (
    select id, title, summary, scope, commune_insee, lead_organization_id from initiative
    where publication = 'PUBLISHED' and id < $1::text::uuid order by id desc limit 21
)
select json_build_object('initiatives', json_build_object(
    'page', json_build_object('hasNextPage', (select count(*) > 20 from found),
                                'endCursor', (select id from found order by id desc offset 19 limit 1)),
    'nodes', (select coalesce(json_agg(json_build_object(
        'id', i.id, 'title', i.title, 'summary', i.summary, 'scope', i.scope,
        'themes', (select coalesce(json_agg(json_build_object('slug', t.slug)), '[]') from initiative_theme it
                   join theme t on t.id = it.theme_id where it.initiative_id = i.id),
        'commune', (select json_build_object('name', c.name, 'inseeCode', c.insee_code)
                    from commune c where c.insee_code = i.commune_insee),
        'organization', (select json_build_object('name', o.name) from organization o
                         where o.id = i.lead_organization_id and o.publication = 'PUBLISHED'),
        'funding', (select coalesce(json_agg(json_build_object('name', f.name, 'kind', f.funder_kind)), '[]')
                    from (select f.name, f.funder_kind from financing_line l
                          join funding_source f on f.id = l.funding_source_id
                          where l.initiative_id = i.id and f.publication = 'PUBLISHED'
                          order by l.id limit 5) f)) order by i.id desc), '[]')
              from (select * from found order by id desc limit 20) i)))::text
