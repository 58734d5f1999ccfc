//! The words of consent, to be shown to who is asked for it.

use async_graphql::{Context, Object, SimpleObject};

use crate::contacts::wording;
use crate::graphql::ContextExt as _;

/// The words to which a person consents.
#[derive(SimpleObject)]
pub struct ConsentWording {
    /// The version, which a mutation states as `wording`.
    version: &'static str,
    /// The words in the reader's language, to be shown whole.
    text: String,
}

/// The words of consent.
#[derive(Default)]
pub struct ContactQuery;

#[Object]
impl ContactQuery {
    /// The words to which somebody consents who has a contact point shown. What they
    /// consented to is kept with it.
    async fn contact_consent_wording(&self, ctx: &Context<'_>) -> ConsentWording {
        ConsentWording {
            version: wording::VERSION,
            text: wording::text(ctx.language()),
        }
    }
}
