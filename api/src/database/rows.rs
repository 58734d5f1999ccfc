//! Rows written together.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait as _};

/// Inserts these rows, if there are any, in one statement.
///
/// # Errors
/// When the database refuses.
pub async fn insert_all<A>(connection: &impl ConnectionTrait, rows: Vec<A>) -> Result<(), DbErr>
where
    A: ActiveModelTrait + Send,
{
    if !rows.is_empty() {
        A::Entity::insert_many(rows)
            .exec_without_returning(connection)
            .await?;
    }
    Ok(())
}
