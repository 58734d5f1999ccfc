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
    let Action::Create {
        email,
        role,
        language,
    } = action;
    let app = App::open(settings, clock, Purpose::Batch).await?;
    let scope = Scope::at(Viewer::Visitor, &app.clock);
    let language = match language {
        Tongue::Fr => Language::French,
        Tongue::En => Language::English,
    };
    match accounts::create_by_operator(&app, scope, &email, role.into(), language).await {
        Ok(link) => {
            super::print(&format!("{link}\n"));
            Ok(())
        }
        Err(WriteError::Problems(problems)) => {
            let messages = problems.iter().map(|one| one.message(Language::English));
            bail!(messages.collect::<Vec<_>>().join(" "))
        }
        Err(error) => Err(error.into()),
    }
}
