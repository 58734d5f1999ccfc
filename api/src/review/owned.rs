//! The contents that an account owns, of every kind: their tables have the same columns.

use entity::values::Publication;
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait as _, Func, Query};
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::json;
use uuid::Uuid;

use super::store;
use crate::change::{Action, Change, Subject};
use crate::duplicates;

/// The table of one kind of contents.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    pub subject: Subject,
    pub name: &'static str,
    /// The column with what a content is called.
    pub title: &'static str,
}

/// The tables of all contents that are reviewed, those that name others first.
pub const CONTENTS: [Table; 5] = [
    table(Subject::Initiative, "initiative", "title"),
    table(Subject::CoworkingSpace, "coworking_space", "name"),
    table(Subject::Organization, "organization", "name"),
    table(Subject::FundingSource, "funding_source", "name"),
    table(Subject::Member, "member", "display_name"),
];

const fn table(subject: Subject, name: &'static str, title: &'static str) -> Table {
    Table {
        subject,
        name,
        title,
    }
}

/// A content that an account owns.
#[derive(Clone, Debug)]
pub struct Owned {
    pub subject: Subject,
    pub id: Uuid,
    pub title: Option<String>,
    pub publication: String,
}

/// The contents that an account owns, the newest of each kind and `most` in all, and how many
/// there are.
///
/// # Errors
/// When the database cannot be read.
pub async fn owned(
    connection: &impl ConnectionTrait,
    account: Uuid,
    most: u64,
) -> Result<(Vec<Owned>, u64), DbErr> {
    let mut all = Vec::new();
    let mut total = 0;
    for table in CONTENTS {
        let own = Expr::col("owner_account_id").eq(account);
        let mut select = Query::select();
        select
            .column("id")
            .column("publication")
            .expr_as(Expr::col(table.title), Alias::new("title"))
            .from(table.name)
            .and_where(own.clone())
            .order_by("id", sea_orm::Order::Desc)
            .limit(most.saturating_sub(all.len() as u64));
        for row in connection.query_all(&select).await? {
            all.push(Owned {
                subject: table.subject,
                id: row.try_get("", "id")?,
                title: row.try_get("", "title")?,
                publication: row.try_get("", "publication")?,
            });
        }
        let mut count = Query::select();
        count
            .expr_as(Func::count(Expr::col(Asterisk)), Alias::new("number"))
            .from(table.name)
            .and_where(own);
        if let Some(row) = connection.query_one(&count).await? {
            total += u64::try_from(row.try_get::<i64>("", "number")?).unwrap_or_default();
        }
    }
    Ok((all, total))
}

/// Leaves the contents of an account without an owner, and removes those that it kept to
/// itself: drafts that nobody was asked to review, and that nothing else names.
///
/// # Errors
/// When the database refuses.
pub async fn abandon(
    transaction: &impl ConnectionTrait,
    account: Uuid,
) -> Result<Vec<Change>, DbErr> {
    let mut changes = Vec::new();
    for table in CONTENTS {
        let own = Expr::col("owner_account_id").eq(account);
        let mut select = Query::select();
        select
            .column("id")
            .from(table.name)
            .and_where(own.clone())
            .and_where(Expr::col("publication").eq(Publication::Draft.as_str()))
            .and_where(Expr::col("published_at").is_null());
        for (other, column) in named_by(table.subject) {
            let named = Query::select()
                .column(*column)
                .from(*other)
                .and_where(Expr::col(*column).is_not_null())
                .take();
            select.and_where(Expr::col("id").not_in_subquery(named));
        }
        let drafts = ids(transaction, &select).await?;
        store::forget(transaction, table.subject, &drafts).await?;
        duplicates::forget(transaction, table.subject, &drafts).await?;
        let mut delete = Query::delete();
        delete
            .from_table(table.name)
            .and_where(Expr::col("id").is_in(drafts.iter().copied()));
        transaction.execute(&delete).await?;
        let mut update = Query::update();
        update
            .table(table.name)
            .value("owner_account_id", None::<Uuid>)
            .and_where(own);
        transaction.execute(&update).await?;
        changes.extend(drafts.into_iter().map(|id| Change {
            subject: table.subject,
            id,
            action: Action::Deleted,
            revision: None,
            is_public: false,
            details: json!({}),
        }));
    }
    Ok(changes)
}

/// The columns by which others name a content that must then stay.
fn named_by(subject: Subject) -> &'static [(&'static str, &'static str)] {
    match subject {
        Subject::Organization => &[
            ("initiative", "lead_organization_id"),
            ("initiative_partner", "organization_id"),
        ],
        Subject::FundingSource => &[("financing_line", "funding_source_id")],
        _ => &[],
    }
}

async fn ids(
    connection: &impl ConnectionTrait,
    select: &sea_orm::sea_query::SelectStatement,
) -> Result<Vec<Uuid>, DbErr> {
    let rows = connection.query_all(select).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}
