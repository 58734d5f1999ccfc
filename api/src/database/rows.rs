//! Rows written together.

use sea_orm::sea_query::SimpleExpr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter as _, QuerySelect as _, Value,
};
use uuid::Uuid;

/// Rows of one statement: the widest table stays below the parameters that both databases
/// take.
const STATEMENT: usize = 500;

/// Inserts these rows, if there are any, in as few statements as both databases take.
///
/// # Errors
/// When the database refuses.
pub async fn insert_all<A>(connection: &impl ConnectionTrait, rows: Vec<A>) -> Result<(), DbErr>
where
    A: ActiveModelTrait + Send,
{
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let part: Vec<A> = rows.by_ref().take(STATEMENT).collect();
        A::Entity::insert_many(part)
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}

/// Puts `rows`, which have identifiers in the column `id`, in place of those that `of_this`
/// holds. What is there already and stays is the same row: what refers to it is not touched.
///
/// # Errors
/// When the database refuses.
pub async fn replace_all<E, A>(
    connection: &impl ConnectionTrait,
    of_this: SimpleExpr,
    id: E::Column,
    rows: Vec<A>,
) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = E> + Send,
{
    let kept: Vec<Value> = rows
        .iter()
        .filter_map(|row| row.get(id).into_value())
        .collect();
    E::delete_many()
        .filter(of_this.clone())
        .filter(id.is_not_in(kept))
        .exec(connection)
        .await?;
    let there: Vec<Uuid> = E::find()
        .select_only()
        .column(id)
        .filter(of_this)
        .into_tuple()
        .all(connection)
        .await?;
    let there: Vec<Value> = there.into_iter().map(Value::from).collect();
    let mut new = Vec::new();
    for row in rows {
        let is_there = row
            .get(id)
            .into_value()
            .is_some_and(|id| there.contains(&id));
        if is_there {
            E::update(row).exec(connection).await?;
        } else {
            new.push(row);
        }
    }
    insert_all(connection, new).await
}
