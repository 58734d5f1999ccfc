//! How many initiatives are published by commune and theme, kept in the transaction of each write.

use sea_orm_migration::prelude::*;

use crate::dialect::{run, run_for};

#[derive(DeriveMigrationName)]
pub struct Migration;

// The previous release writes on while this runs: the triggers keep the numbers for it too.
const TABLES: &str = "
create table initiative_theme_tally (
    commune_insee text not null,
    theme_id uuid not null,
    published bigint not null,
    primary key (commune_insee, theme_id)
);
";

const BACKFILL: &str = "
insert into initiative_theme_tally (commune_insee, theme_id, published)
select c.commune_insee, t.theme_id, count(*)
from initiative i
join initiative_theme t on t.initiative_id = i.id
join (select id as initiative_id, '' as commune_insee from initiative
      union all
      select initiative_id, commune_insee from initiative_commune) c on c.initiative_id = i.id
where i.publication = 'PUBLISHED'
group by c.commune_insee, t.theme_id;
";

const POSTGRES: &str = "
create function add_to_theme_tally(communes text[], themes uuid[], amount integer) returns void
language sql as $$
    insert into initiative_theme_tally as tally (commune_insee, theme_id, published)
    select commune, theme, amount from unnest(communes) commune, unnest(themes) theme
    order by 1, 2
    on conflict (commune_insee, theme_id)
        do update set published = tally.published + excluded.published;
$$;
create function communes_to_tally(initiative uuid) returns text[] language sql stable as $$
    select array(select '' union all
                 select commune_insee from initiative_commune where initiative_id = initiative);
$$;
create function themes_to_tally(initiative uuid) returns uuid[] language sql stable as $$
    select array(select theme_id from initiative_theme where initiative_id = initiative);
$$;
create function is_tallied(initiative uuid) returns boolean language sql stable as $$
    select exists (select from initiative i where i.id = initiative and publication = 'PUBLISHED');
$$;

create function keep_theme_tally() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and old.publication = 'PUBLISHED' then
        perform add_to_theme_tally(communes_to_tally(old.id), themes_to_tally(old.id), -1);
    end if;
    if tg_op <> 'DELETE' and new.publication = 'PUBLISHED' then
        perform add_to_theme_tally(communes_to_tally(new.id), themes_to_tally(new.id), 1);
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;
create trigger initiative_theme_tally_inserted after insert on initiative
    for each row execute function keep_theme_tally();
create trigger initiative_theme_tally_updated after update of publication on initiative
    for each row when (old.publication <> new.publication) execute function keep_theme_tally();
create trigger initiative_theme_tally_deleted before delete on initiative
    for each row execute function keep_theme_tally();

create function keep_theme_tally_of_commune() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and is_tallied(old.initiative_id) then
        perform add_to_theme_tally(
            array[old.commune_insee], themes_to_tally(old.initiative_id), -1);
    end if;
    if tg_op <> 'DELETE' and is_tallied(new.initiative_id) then
        perform add_to_theme_tally(
            array[new.commune_insee], themes_to_tally(new.initiative_id), 1);
    end if;
    return null;
end
$$;
create trigger initiative_theme_tally_commune_changed
    after insert or update or delete on initiative_commune
    for each row execute function keep_theme_tally_of_commune();

create function keep_theme_tally_of_theme() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and is_tallied(old.initiative_id) then
        perform add_to_theme_tally(
            communes_to_tally(old.initiative_id), array[old.theme_id], -1);
    end if;
    if tg_op <> 'DELETE' and is_tallied(new.initiative_id) then
        perform add_to_theme_tally(
            communes_to_tally(new.initiative_id), array[new.theme_id], 1);
    end if;
    return null;
end
$$;
create trigger initiative_theme_tally_theme_changed
    after insert or update or delete on initiative_theme
    for each row execute function keep_theme_tally_of_theme();
";

const POSTGRES_DOWN: &str = "
drop trigger initiative_theme_tally_theme_changed on initiative_theme;
drop trigger initiative_theme_tally_commune_changed on initiative_commune;
drop trigger initiative_theme_tally_deleted on initiative;
drop trigger initiative_theme_tally_updated on initiative;
drop trigger initiative_theme_tally_inserted on initiative;
drop function keep_theme_tally_of_theme();
drop function keep_theme_tally_of_commune();
drop function keep_theme_tally();
drop function is_tallied(uuid);
drop function themes_to_tally(uuid);
drop function communes_to_tally(uuid);
drop function add_to_theme_tally(text[], uuid[], integer);
drop table initiative_theme_tally;
";

/// What SQLite does when: name of the trigger, its event, and the rows whose numbers are
/// taken off and added.
const SQLITE: [(&str, &str, Option<Rows>, Option<Rows>); 9] = [
    (
        "inserted",
        "after insert on initiative",
        None,
        Some(Rows::Initiative),
    ),
    (
        "updated",
        "after update of publication on initiative",
        Some(Rows::Initiative),
        Some(Rows::Initiative),
    ),
    (
        "deleted",
        "before delete on initiative",
        Some(Rows::Initiative),
        None,
    ),
    (
        "commune_inserted",
        "after insert on initiative_commune",
        None,
        Some(Rows::Commune),
    ),
    (
        "commune_updated",
        "after update on initiative_commune",
        Some(Rows::Commune),
        Some(Rows::Commune),
    ),
    (
        "commune_deleted",
        "after delete on initiative_commune",
        Some(Rows::Commune),
        None,
    ),
    (
        "theme_inserted",
        "after insert on initiative_theme",
        None,
        Some(Rows::Theme),
    ),
    (
        "theme_updated",
        "after update on initiative_theme",
        Some(Rows::Theme),
        Some(Rows::Theme),
    ),
    (
        "theme_deleted",
        "after delete on initiative_theme",
        Some(Rows::Theme),
        None,
    ),
];

/// The table whose row changed.
#[derive(Clone, Copy)]
enum Rows {
    Initiative,
    Commune,
    Theme,
}

impl Rows {
    /// Adds `amount` to the numbers of the row that the trigger knows as `row`.
    fn added(self, row: &str, amount: i32) -> String {
        let (initiative, published) = match self {
            Self::Initiative => ("id", format!("{row}.publication = 'PUBLISHED'")),
            Self::Commune | Self::Theme => (
                "initiative_id",
                format!(
                    "exists (select 1 from initiative
                             where id = {row}.initiative_id and publication = 'PUBLISHED')"
                ),
            ),
        };
        let communes = match self {
            Self::Commune => format!("select {row}.commune_insee as commune_insee"),
            Self::Initiative | Self::Theme => format!(
                "select '' as commune_insee
                 union all
                 select commune_insee from initiative_commune
                 where initiative_id = {row}.{initiative}"
            ),
        };
        let themes = match self {
            Self::Theme => format!("select {row}.theme_id as theme_id"),
            Self::Initiative | Self::Commune => format!(
                "select theme_id from initiative_theme where initiative_id = {row}.{initiative}"
            ),
        };
        format!(
            "insert into initiative_theme_tally (commune_insee, theme_id, published)
             select c.commune_insee, t.theme_id, {amount} from ({communes}) c, ({themes}) t
             where {published}
             on conflict (commune_insee, theme_id)
                 do update set published = published + excluded.published;"
        )
    }
}

fn sqlite_triggers() -> String {
    SQLITE
        .iter()
        .map(|(name, event, taken, added)| {
            let taken = taken.map(|rows| rows.added("old", -1)).unwrap_or_default();
            let added = added.map(|rows| rows.added("new", 1)).unwrap_or_default();
            format!(
                "create trigger initiative_theme_tally_{name} {event} begin {taken} {added} end;"
            )
        })
        .collect()
}

fn sqlite_down() -> String {
    SQLITE
        .iter()
        .map(|(name, ..)| format!("drop trigger initiative_theme_tally_{name};"))
        .chain(["drop table initiative_theme_tally;".to_owned()])
        .collect()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, TABLES).await?;
        run_for(manager, &sqlite_triggers(), POSTGRES).await?;
        run(manager, BACKFILL).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_for(manager, &sqlite_down(), POSTGRES_DOWN).await
    }
}
