//! `maillage user`.

use anyhow::bail;
use clap::{Subcommand, ValueEnum};
use entity::values;

use crate::accounts;
use crate::app::App;
use crate::clock::Clock;
use crate::database::Purpose;
use crate::i18n::Language;
use crate::problem::WriteError;
use crate::settings::Settings;
use crate::viewer::{Scope, Viewer};

#[derive(Subcommand)]
pub enum Action {
    /// Make an account and print the link by which its owner opens it. Works again until it
    /// is opened.
    Create {
        /// E-mail address of its owner.
        #[arg(long)]
        email: String,
        /// What it may do.
        #[arg(long, value_enum)]
        role: Role,
        /// The language in which it is written to.
        #[arg(long, value_enum, default_value = "fr")]
        language: Tongue,
    },
    /// Forget who an account is to the issuer of OIDC_ISSUER: the next one who comes from
    /// there with its e-mail address is bound to it.
    Unbind {
        /// E-mail address of its owner.
        #[arg(long)]
        email: String,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Role {
    ProjectHolder,
    Member,
    Staff,
    Admin,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Tongue {
    Fr,
    En,
}

impl From<Role> for values::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::ProjectHolder => Self::ProjectHolder,
            Role::Member => Self::Member,
            Role::Staff => Self::Staff,
            Role::Admin => Self::Admin,
        }
    }
}

pub async fn user(settings: Settings, clock: Clock, action: Action) -> anyhow::Result<()> {
    let app = App::open(settings, clock, Purpose::Batch).await?;
    let done = match action {
        Action::Create {
            email,
            role,
            language,
        } => {
            let scope = Scope::at(Viewer::Visitor, &app.clock);
            let language = match language {
                Tongue::Fr => Language::French,
                Tongue::En => Language::English,
            };
            accounts::create_by_operator(&app, scope, &email, role.into(), language).await
        }
        Action::Unbind { email } => {
            let unbound = accounts::unbind_by_operator(&app, &email).await;
            unbound.map(|count| format!("identities forgotten: {count}"))
        }
    };
    match done {
        Ok(told) => {
            super::print(&format!("{told}\n"));
            Ok(())
        }
        Err(WriteError::Problems(problems)) => {
            let messages = problems.iter().map(|one| one.message(Language::English));
            bail!(messages.collect::<Vec<_>>().join(" "))
        }
        Err(error) => Err(error.into()),
    }
}
