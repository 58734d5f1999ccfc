//! Takes a person's name out of the vocabulary, which otherwise keeps every word for ever.

use entity::{search_document, search_word};
use sea_orm::sea_query::{Expr, ExprTrait as _, LikeExpr, SimpleExpr};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _,
};
use uuid::Uuid;

use super::analysis::tokens;
use super::document::SearchKind;

/// Forgets an entity, and those of the words of `text` that nothing else in the index has.
/// What is still searched of it, the change that tells of this puts back.
///
/// # Errors
/// When the database refuses; the transaction must then be rolled back.
pub async fn forget(
    transaction: &impl ConnectionTrait,
    kind: SearchKind,
    id: Uuid,
    text: &str,
) -> Result<(), DbErr> {
    super::remove(transaction, kind, &[id]).await?;
    for token in tokens(text) {
        let others = search_document::Entity::find()
            .filter(
                Condition::any()
                    .add(has("title_words", &token.stem))
                    .add(has("body_words", &token.stem)),
            )
            .count(transaction)
            .await?;
        if others == 0 {
            search_word::Entity::delete_many()
                .filter(search_word::Column::Word.eq(&token.word))
                .exec(transaction)
                .await?;
        }
    }
    if transaction.get_database_backend() == DatabaseBackend::Sqlite {
        // What FTS5 deletes, it keeps until it merges its segments.
        let merge = "insert into search_index (search_index) values ('optimize')";
        transaction.execute_unprepared(merge).await?;
    }
    Ok(())
}

/// Whether stems, with spaces between them, have this one: letters and digits alone, so that
/// no sign of the pattern is among them.
fn has(column: &str, stem: &str) -> SimpleExpr {
    let spaced = Expr::cust(format!("' ' || search_document.{column} || ' '"));
    spaced.like(LikeExpr::new(format!("% {stem} %")))
}
