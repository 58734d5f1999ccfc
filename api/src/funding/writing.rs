//! Writes the content of funding sources into the tables.

use std::collections::HashMap;

use entity::{funding_rule, funding_source, funding_source_audience, funding_source_form};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    Set,
};
use uuid::Uuid;

use super::content::{FundingContent, OpenTo, Rule, taken};
use super::{parts, store};
use crate::change::Subject;
use crate::database::{Whole as _, insert_all};
use crate::id::OrganizationRef;
use crate::listing::of_one;
use crate::problem::{Problems, WriteError};
use crate::review::{self, Head, New, Placement, Reviewed};
use crate::slugs::{Wish, slugs};
use crate::viewer::Scope;
use crate::written::part_id;
use crate::{organizations, set_new, themes};

impl Reviewed for FundingContent {
    const SUBJECT: Subject = Subject::FundingSource;

    fn checked(self) -> Result<Self, WriteError> {
        FundingContent::checked(self)
    }

    async fn head(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> Result<Option<Head>, DbErr> {
        let row = store::visible(scope)
            .whole()
            .filter(funding_source::Column::Id.eq(id))
            .lock_exclusive()
            .one(transaction)
            .await?;
        Ok(row.map(|row| store::head(&row)))
    }

    async fn read(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> Result<Self, DbErr> {
        let one = &[id];
        let row = store::by_ids(transaction, scope, one, parts::DETAILS).await?;
        let row = row.into_iter().next();
        let row = row.ok_or_else(|| DbErr::RecordNotFound("a funding source".to_owned()))?;
        let content = Self {
            name: row.name,
            description: row.description,
            funder_name: row.funder_name,
            funder: row.funder_organization_id.map(OrganizationRef),
            funder_kind: row.funder_kind,
            forms: of_one(store::forms(transaction, one).await?, id)
                .into_iter()
                .map(|row| row.form)
                .collect(),
            audiences: of_one(store::audiences(transaction, one).await?, id)
                .into_iter()
                .map(|row| row.audience)
                .collect(),
            legal_basis: row.legal_basis,
            min_amount: row.min_amount_cents,
            max_amount: row.max_amount_cents,
            max_share_percent: row.max_share_percent,
            recurrence: row.recurrence,
            call_for_projects: row.call_for_projects,
            opens_on: row.opens_on,
            closes_on: row.closes_on,
            state_aid_regime: row.state_aid_regime,
            url: row.url,
            verified_on: row.verified_on,
            territory: OpenTo {
                kind: row.territory_kind,
                code: row.territory_code,
            },
            rules: rules(transaction, scope, id).await?,
        };
        Ok(content.tidied())
    }

    async fn check(
        &self,
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
    ) -> Result<(), WriteError> {
        let mut problems = Problems::default();
        let funder = self.funder.map(|one| ("funder".to_owned(), one));
        let funder: Vec<_> = funder.into_iter().collect();
        organizations::known(&mut problems, transaction, scope, &funder).await?;
        let named: Vec<(String, &str)> = self
            .rules
            .iter()
            .enumerate()
            .flat_map(|(number, rule)| {
                let themes = rule.conditions.themes.iter().flatten();
                themes.map(move |slug| (format!("rules.{number}.conditions.themes"), &**slug))
            })
            .collect();
        let held = rules(transaction, scope, id).await?;
        let held = held.into_iter().filter_map(|rule| rule.conditions.themes);
        let held: Vec<String> = held.flatten().collect();
        themes::known(&mut problems, transaction, &named, &held).await?;
        let codes: Vec<&str> = self.rules.iter().map(|rule| rule.code.as_str()).collect();
        let elsewhere = store::codes_of_others(transaction, id, &codes).await?;
        for (number, rule) in self.rules.iter().enumerate() {
            problems.require(!elsewhere.contains(&rule.code), || {
                taken(number, &rule.code)
            });
        }
        problems.none()
    }

    fn slug_parts(&self) -> (&str, Option<&str>) {
        (&self.name, self.funder_name.as_deref())
    }

    async fn slugs(
        transaction: &impl ConnectionTrait,
        wishes: &[Wish],
    ) -> Result<HashMap<Uuid, String>, DbErr> {
        let column = funding_source::Column::Slug;
        slugs::<funding_source::Entity>(transaction, column, "funding", wishes).await
    }

    async fn insert(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        items: &[New<Self>],
    ) -> Result<(), DbErr> {
        let rows = items.iter().map(|item| {
            let mut row = item.content.columns();
            set_new!(row, item, scope);
            row
        });
        insert_all(transaction, rows.collect()).await?;
        let items: Vec<_> = items.iter().map(|item| (item.id, &item.content)).collect();
        insert_belongings(transaction, &items).await
    }

    async fn update(&self, transaction: &impl ConnectionTrait, id: Uuid) -> Result<(), DbErr> {
        funding_source::Entity::update_many()
            .set(self.columns())
            .filter(funding_source::Column::Id.eq(id))
            .exec(transaction)
            .await?;
        macro_rules! clear {
            ($($table:ident),+) => {$(
                $table::Entity::delete_many()
                    .filter($table::Column::FundingSourceId.eq(id))
                    .exec(transaction)
                    .await?;
            )+};
        }
        clear!(funding_source_form, funding_source_audience, funding_rule);
        insert_belongings(transaction, &[(id, self)]).await
    }

    async fn place(
        transaction: &impl ConnectionTrait,
        scope: Scope,
        id: Uuid,
        placement: Placement,
    ) -> Result<(), DbErr> {
        let more = review::confirmation(scope, &placement);
        let table = funding_source::Entity;
        review::place(transaction, table, scope, id, &placement, more).await
    }
}

impl FundingContent {
    fn columns(&self) -> funding_source::ActiveModel {
        funding_source::ActiveModel {
            name: Set(self.name.clone()),
            description: Set(self.description.clone()),
            funder_name: Set(self.funder_name.clone()),
            funder_organization_id: Set(self.funder.map(|one| one.0)),
            funder_kind: Set(self.funder_kind),
            legal_basis: Set(self.legal_basis.clone()),
            min_amount_cents: Set(self.min_amount),
            max_amount_cents: Set(self.max_amount),
            max_share_percent: Set(self.max_share_percent),
            recurrence: Set(self.recurrence),
            call_for_projects: Set(self.call_for_projects),
            opens_on: Set(self.opens_on),
            closes_on: Set(self.closes_on),
            state_aid_regime: Set(self.state_aid_regime),
            url: Set(self.url.clone()),
            verified_on: Set(self.verified_on),
            territory_kind: Set(self.territory.kind),
            territory_code: Set(self.territory.code.clone()),
            ..Default::default()
        }
    }
}

/// Writes what belongs to these funding sources.
async fn insert_belongings(
    connection: &impl ConnectionTrait,
    items: &[(Uuid, &FundingContent)],
) -> Result<(), DbErr> {
    let forms = items.iter().flat_map(|(id, one)| {
        let forms = one.forms.iter();
        forms.map(|form| funding_source_form::ActiveModel {
            funding_source_id: Set(*id),
            form: Set(*form),
        })
    });
    insert_all(connection, forms.collect()).await?;
    let audiences = items.iter().flat_map(|(id, one)| {
        let audiences = one.audiences.iter();
        audiences.map(|audience| funding_source_audience::ActiveModel {
            funding_source_id: Set(*id),
            audience: Set(*audience),
        })
    });
    insert_all(connection, audiences.collect()).await?;
    let mut rules = Vec::new();
    for (id, one) in items {
        for (position, rule) in (0..).zip(&one.rules) {
            let conditions = serde_json::to_value(&rule.conditions);
            rules.push(funding_rule::ActiveModel {
                id: Set(part_id(*id, "rule", position)),
                code: Set(rule.code.clone()),
                funder_kind: Set(None),
                funding_source_id: Set(Some(*id)),
                outcome: Set(rule.outcome),
                message: Set(rule.message.clone()),
                citation: Set(rule.citation.clone()),
                conditions: Set(conditions.map_err(|error| DbErr::Json(error.to_string()))?),
                starts_on: Set(rule.starts_on),
                ends_on: Set(rule.ends_on),
            });
        }
    }
    insert_all(connection, rules).await
}

/// The rules of the source itself.
async fn rules(
    connection: &impl ConnectionTrait,
    scope: Scope,
    source: Uuid,
) -> Result<Vec<Rule>, DbErr> {
    let rows = store::rules_of(connection, scope, &[source], &[]).await?;
    rows.into_iter().map(rule).collect()
}

/// The rule that a row holds.
fn rule(row: funding_rule::Model) -> Result<Rule, DbErr> {
    let conditions = serde_json::from_value(row.conditions);
    Ok(Rule {
        code: row.code,
        outcome: row.outcome,
        message: row.message,
        citation: row.citation,
        conditions: conditions.map_err(|error| DbErr::Json(error.to_string()))?,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
    })
}
