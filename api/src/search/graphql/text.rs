//! Texts that clients search for.

use std::sync::Arc;

use async_graphql::{Context, Result};

use crate::graphql::ContextExt as _;
use crate::graphql::error::ErrorCode;
use crate::search::loaders::VocabularyKey;
use crate::search::{LONGEST_QUESTION, MOST_WORDS, QuestionError, TextQuery};

/// The question that `text` asks; nothing if it has no word.
///
/// # Errors
/// `BAD_INPUT` when it is too long or has too many words.
pub async fn text_query(ctx: &Context<'_>, text: Option<&str>) -> Result<Option<Arc<TextQuery>>> {
    let Some(text) = text else {
        return Ok(None);
    };
    let app = ctx.app();
    ctx.loader()
        .load_one(VocabularyKey)
        .await
        .map_err(|error| ctx.internal(error))?;
    let backend = app.database.get_database_backend();
    match TextQuery::new(text, &app.vocabulary, backend) {
        Ok(query) => Ok(query.map(Arc::new)),
        Err(error) => {
            let (key, most) = match error {
                QuestionError::TooLong => ("text-too-long", LONGEST_QUESTION),
                QuestionError::TooManyWords => ("too-many-words", MOST_WORDS),
            };
            Err(ctx.fault(ErrorCode::BadInput, key, &[("most", most.to_string())]))
        }
    }
}
