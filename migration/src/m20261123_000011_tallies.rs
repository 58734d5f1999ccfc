//! How many initiatives are published by commune and scope, kept in the transaction of each write.

use sea_orm_migration::prelude::*;

use crate::dialect::{run, run_for};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
create table initiative_tally (
    commune_insee text not null,
    scope text not null,
    published bigint not null,
    primary key (commune_insee, scope)
);
";

const SQLITE: &str = "
create trigger initiative_tally_inserted after insert on initiative
begin
    insert into initiative_tally (commune_insee, scope, published)
    select c.commune_insee, new.scope, 1
    from (select '' as commune_insee
          union all
          select commune_insee from initiative_commune where initiative_id = new.id) c
    where new.publication = 'PUBLISHED'
    on conflict (commune_insee, scope) do update set published = published + excluded.published;
end;
create trigger initiative_tally_updated after update of publication, scope on initiative
begin
    insert into initiative_tally (commune_insee, scope, published)
    select c.commune_insee, old.scope, -1
    from (select '' as commune_insee
          union all
          select commune_insee from initiative_commune where initiative_id = old.id) c
    where old.publication = 'PUBLISHED'
    on conflict (commune_insee, scope) do update set published = published + excluded.published;
    insert into initiative_tally (commune_insee, scope, published)
    select c.commune_insee, new.scope, 1
    from (select '' as commune_insee
          union all
          select commune_insee from initiative_commune where initiative_id = new.id) c
    where new.publication = 'PUBLISHED'
    on conflict (commune_insee, scope) do update set published = published + excluded.published;
end;
create trigger initiative_tally_deleted before delete on initiative
begin
    insert into initiative_tally (commune_insee, scope, published)
    select c.commune_insee, old.scope, -1
    from (select '' as commune_insee
          union all
          select commune_insee from initiative_commune where initiative_id = old.id) c
    where old.publication = 'PUBLISHED'
    on conflict (commune_insee, scope) do update set published = published + excluded.published;
end;
create trigger initiative_tally_commune_inserted after insert on initiative_commune
begin
    insert into initiative_tally (commune_insee, scope, published)
    select new.commune_insee, scope, 1 from initiative
    where id = new.initiative_id and publication = 'PUBLISHED'
    on conflict (commune_insee, scope) do update set published = published + 1;
end;
create trigger initiative_tally_commune_deleted after delete on initiative_commune
begin
    update initiative_tally set published = published - 1
    where commune_insee = old.commune_insee
      and scope = (select scope from initiative
                   where id = old.initiative_id and publication = 'PUBLISHED');
end;
create trigger initiative_tally_commune_updated after update on initiative_commune
begin
    update initiative_tally set published = published - 1
    where commune_insee = old.commune_insee
      and scope = (select scope from initiative
                   where id = old.initiative_id and publication = 'PUBLISHED');
    insert into initiative_tally (commune_insee, scope, published)
    select new.commune_insee, scope, 1 from initiative
    where id = new.initiative_id and publication = 'PUBLISHED'
    on conflict (commune_insee, scope) do update set published = published + 1;
end;
";

const POSTGRES: &str = "
create function tally_initiative(initiative initiative, amount integer) returns void
language sql as $$
    insert into initiative_tally as tally (commune_insee, scope, published)
    select c.commune_insee, initiative.scope, amount
    from (select '' as commune_insee
          union all
          select commune_insee from initiative_commune where initiative_id = initiative.id
          order by 1) c
    where initiative.publication = 'PUBLISHED'
    on conflict (commune_insee, scope)
        do update set published = tally.published + excluded.published;
$$;
create function keep_initiative_tally() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then perform tally_initiative(old, -1); end if;
    if tg_op <> 'DELETE' then perform tally_initiative(new, 1); end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;
create trigger initiative_tally_inserted after insert on initiative
    for each row execute function keep_initiative_tally();
create trigger initiative_tally_updated after update of publication, scope on initiative
    for each row execute function keep_initiative_tally();
create trigger initiative_tally_deleted before delete on initiative
    for each row execute function keep_initiative_tally();

create function keep_initiative_commune_tally() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        update initiative_tally set published = published - 1
        where commune_insee = old.commune_insee
          and scope = (select scope from initiative
                       where id = old.initiative_id and publication = 'PUBLISHED');
    end if;
    if tg_op <> 'DELETE' then
        insert into initiative_tally as tally (commune_insee, scope, published)
        select new.commune_insee, scope, 1 from initiative
        where id = new.initiative_id and publication = 'PUBLISHED'
        on conflict (commune_insee, scope) do update set published = tally.published + 1;
    end if;
    return null;
end
$$;
create trigger initiative_tally_commune_changed after insert or update or delete on initiative_commune
    for each row execute function keep_initiative_commune_tally();
";

const SQLITE_DOWN: &str = "
drop trigger initiative_tally_commune_updated;
drop trigger initiative_tally_commune_deleted;
drop trigger initiative_tally_commune_inserted;
drop trigger initiative_tally_deleted;
drop trigger initiative_tally_updated;
drop trigger initiative_tally_inserted;
drop table initiative_tally;
";

const POSTGRES_DOWN: &str = "
drop trigger initiative_tally_commune_changed on initiative_commune;
drop trigger initiative_tally_deleted on initiative;
drop trigger initiative_tally_updated on initiative;
drop trigger initiative_tally_inserted on initiative;
drop function keep_initiative_commune_tally();
drop function keep_initiative_tally();
drop function tally_initiative(initiative, integer);
drop table initiative_tally;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, TABLES).await?;
        run_for(manager, SQLITE, POSTGRES).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_for(manager, SQLITE_DOWN, POSTGRES_DOWN).await
    }
}
