select json_build_object('initiative', json_build_object(
    'id', i.id, 'title', i.title, 'summary', i.summary, 'description', i.description,
    'scope', i.scope, 'stage', i.stage,
    'themes', (select coalesce(json_agg(json_build_object('slug', t.slug)), '[]') from initiative_theme it
               join theme t on t.id = it.theme_id where it.initiative_id = i.id),
    'commune', (select json_build_object('name', c.name, 'spaces',
                    (select coalesce(json_agg(json_build_object('name', s.name)), '[]')
                     from (select name from coworking_space where commune_insee = c.insee_code
                           and publication = 'PUBLISHED' order by id desc limit 3) s))
                from commune c where c.insee_code = i.commune_insee),
    'organization', (select json_build_object('name', o.name,
                        'commune', (select json_build_object('name', c.name) from organization_site s
                                    join commune c on c.insee_code = s.commune_insee
                                    where s.organization_id = o.id
                                    order by s.is_head_office desc, s.id limit 1),
                        'members', (select coalesce(json_agg(json_build_object('name', m.display_name)), '[]')
                                    from (select display_name from member where organization_id = o.id
                                          and publication = 'PUBLISHED' order by id desc limit 5) m))
                     from organization o where o.id = i.lead_organization_id and o.publication = 'PUBLISHED'),
    'funding', (select coalesce(json_agg(json_build_object('name', f.name, 'kind', f.funder_kind)), '[]')
                from (select f.name, f.funder_kind from financing_line l
                      join funding_source f on f.id = l.funding_source_id
                      where l.initiative_id = i.id and f.publication = 'PUBLISHED'
                      order by l.id limit 10) f)))::text
from initiative i where i.id = $1::text::uuid and i.publication = 'PUBLISHED'
