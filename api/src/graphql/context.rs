//! What a resolver finds around it.

use std::future::Future;
use std::sync::Arc;

use async_graphql::dataloader::{DataLoader, HashMapCache};
use async_graphql::{Context, Request};
use chrono::NaiveDate;

use super::error::{ErrorCode, Fault};
use super::loaders::Loaders;
use super::scalars::Date;
use crate::app::App;
use crate::database::Session;
use crate::i18n::Language;
use crate::id::{GlobalId, IdError, Kind};
use crate::permission::Denied;
use crate::territory::Territory;
use crate::themes::Themes;
use crate::viewer::{Scope, Viewer};

/// Loader of one request.
pub type RequestLoader = DataLoader<Loaders, HashMapCache>;

/// Gives `request` what resolvers need: who asks, in which language, and the
/// reference data.
///
/// What an operation that `changes` something has loaded may be otherwise a moment later.
pub fn prepare(
    request: Request,
    app: Arc<App>,
    viewer: Viewer,
    language: Language,
    changes: bool,
) -> Request {
    let scope = Scope::at(viewer, &app.clock);
    let session = Arc::new(Session::new(
        app.database.clone(),
        app.readers.clone(),
        Arc::clone(&app.metrics),
    ));
    let loader = Loaders {
        app: Arc::clone(&app),
        session: Arc::clone(&session),
        scope,
    }
    .loader();
    loader.enable_all_cache(!changes);
    request
        .data(language)
        .data(session)
        .data(scope)
        .data(app.gazetteer.current())
        .data(app.taxonomy.current())
        .data(loader)
}

/// What resolvers read from their context.
pub trait ContextExt {
    fn app(&self) -> &Arc<App>;
    fn scope(&self) -> Scope;
    fn language(&self) -> Language;
    fn territory(&self) -> &Arc<Territory>;
    fn themes(&self) -> &Arc<Themes>;
    fn loader(&self) -> &RequestLoader;
    /// The connection by which this request reads.
    fn session(&self) -> &Session;

    /// What a mutation writes with. The request's own connection is given back first: a
    /// write takes one of its own, and must not wait for it while it holds another.
    fn writing(&self) -> impl Future<Output = (&Arc<App>, Scope)> + Send
    where
        Self: Sync,
    {
        async {
            self.session().release().await;
            (self.app(), self.scope())
        }
    }

    /// The date that an argument asks for; today if it is absent.
    fn date_or_today(&self, asked: Option<Date>) -> NaiveDate {
        asked.map_or(self.scope().today, Into::into)
    }

    /// An error for the client, its message `key` in the reader's language.
    fn fault(
        &self,
        code: ErrorCode,
        key: &str,
        arguments: &[(&str, String)],
    ) -> async_graphql::Error;

    /// Reads `text` as the identifier of an object of type `kind`.
    ///
    /// # Errors
    /// `BAD_INPUT` when it is none, or that of another type.
    fn uuid(&self, kind: Kind, text: &str) -> async_graphql::Result<uuid::Uuid> {
        GlobalId::parse_as(kind, text).map_err(|error| match error {
            IdError::Malformed => self.fault(
                ErrorCode::BadInput,
                "not-an-id",
                &[("value", text.chars().take(60).collect())],
            ),
            IdError::OtherKind => self.fault(
                ErrorCode::BadInput,
                "id-of-another-type",
                &[("expected", kind.prefix().to_owned())],
            ),
        })
    }

    /// The error of what may not be done.
    fn denied(&self, denied: Denied) -> async_graphql::Error {
        match denied {
            Denied::NotSignedIn => self.fault(ErrorCode::Unauthenticated, "not-signed-in", &[]),
            Denied::NotAllowed => self.fault(ErrorCode::Forbidden, "not-allowed", &[]),
        }
    }

    /// An error of ours: logged whole, shown only as the reference of the incident.
    fn internal(&self, error: impl std::error::Error + 'static) -> async_graphql::Error;
}

impl ContextExt for Context<'_> {
    fn app(&self) -> &Arc<App> {
        self.data_unchecked()
    }

    fn scope(&self) -> Scope {
        *self.data_unchecked()
    }

    fn language(&self) -> Language {
        *self.data_unchecked()
    }

    fn territory(&self) -> &Arc<Territory> {
        self.data_unchecked()
    }

    fn themes(&self) -> &Arc<Themes> {
        self.data_unchecked()
    }

    fn loader(&self) -> &RequestLoader {
        self.data_unchecked()
    }

    fn session(&self) -> &Session {
        self.data_unchecked::<Arc<Session>>()
    }

    fn fault(
        &self,
        code: ErrorCode,
        key: &str,
        arguments: &[(&str, String)],
    ) -> async_graphql::Error {
        Fault::new(code, self.language().message(key, arguments)).into()
    }

    fn internal(&self, error: impl std::error::Error + 'static) -> async_graphql::Error {
        Fault::from_failure(&error, &self.app().clock, self.language()).into()
    }
}
