//! Reading the files of the first content.

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
};
use serde::de::DeserializeOwned;

use super::SeedError;

/// The content of a file in TOML.
///
/// # Errors
/// When the text is not TOML, or not of this shape.
pub fn parse<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, SeedError> {
    toml::from_str(text).map_err(|error| SeedError::Data {
        file,
        reason: error.to_string(),
    })
}

/// Writes all of `rows` in one statement, or nothing if there are none.
///
/// # Errors
/// When the database refuses a row.
pub async fn insert<A>(
    transaction: &DatabaseTransaction,
    rows: impl IntoIterator<Item = A>,
) -> Result<(), SeedError>
where
    A: ActiveModelTrait + ActiveModelBehavior + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    let rows: Vec<A> = rows.into_iter().collect();
    if !rows.is_empty() {
        A::Entity::insert_many(rows).exec(transaction).await?;
    }
    Ok(())
}
