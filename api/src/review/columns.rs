//! The columns in which the tables of all contents hold where a content stands.

use chrono::NaiveDate;
use entity::values::Publication;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, IntoTableRef, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::content::Placement;
use crate::viewer::Scope;

/// Puts where the content `id` stands into its row of `table`, and `more` with it: columns
/// that only this table has.
///
/// # Errors
/// When the database refuses.
pub async fn place(
    connection: &impl ConnectionTrait,
    table: impl IntoTableRef,
    scope: Scope,
    id: Uuid,
    placement: &Placement,
    more: Vec<(&'static str, SimpleExpr)>,
) -> Result<(), DbErr> {
    let mut update = Query::update();
    update
        .table(table)
        .value("publication", placement.publication.as_str())
        .value("revision", placement.revision)
        .value("updated_at", scope.now)
        .values(more);
    if placement.publication == Publication::Published {
        let first = Func::coalesce([Expr::col("published_at"), Expr::val(scope.now)]);
        update.value("published_at", first);
    }
    update.and_where(Expr::col("id").eq(id));
    connection.execute(&update).await?;
    Ok(())
}

/// That somebody confirmed that a content is true: who makes it public, as it is now, does.
pub fn confirmation(scope: Scope, placement: &Placement) -> Vec<(&'static str, SimpleExpr)> {
    if !placement.confirms {
        return Vec::new();
    }
    vec![
        ("confirmed_at", Expr::val(scope.now)),
        ("stale_since", Expr::val(None::<NaiveDate>)),
    ]
}

/// Sets the columns of an active model that every new item has: see [`super::New`].
#[macro_export]
macro_rules! set_new {
    ($model:expr, $item:expr, $scope:expr) => {{
        let is_public = $item.publication == entity::values::Publication::Published;
        $model.id = sea_orm::Set($item.id);
        $model.slug = sea_orm::Set($item.slug.clone());
        $model.publication = sea_orm::Set($item.publication);
        $model.revision = sea_orm::Set(1);
        $model.created_at = sea_orm::Set($scope.now);
        $model.updated_at = sea_orm::Set($scope.now);
        $model.published_at = sea_orm::Set(is_public.then_some($scope.now));
        $model.owner_account_id = sea_orm::Set($item.owner);
    }};
}
