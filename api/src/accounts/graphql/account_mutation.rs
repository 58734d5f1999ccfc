//! What people do to their own accounts.

use async_graphql::{Context, Enum, InputObject, Object, Result};
use entity::values::LinkPurpose;

use super::account::AccountLanguage;
use super::caller;
use crate::accounts::service::{self, SignUp};
use crate::accounts::{service_email, service_password};
use crate::graphql::ContextExt as _;
use crate::graphql::mutation::answer;
use crate::payload;

/// Who signs up.
#[derive(InputObject)]
pub struct AccountSignUpInput {
    /// E-mail address, which gets a link to confirm it and to choose the password.
    email: String,
    /// Name to show, 200 characters at most.
    display_name: Option<String>,
    /// The language to write in; unless given, that of this request.
    language: Option<AccountLanguage>,
}

/// A link of an e-mail, and the password chosen.
#[derive(InputObject)]
pub struct AccountVerifyEmailInput {
    /// The secret at the end of the link, after `#`.
    token: String,
    /// The password: 12 to 128 characters, not easily guessed.
    password: String,
}

/// A link of an invitation, and what is chosen with it.
#[derive(InputObject)]
pub struct InvitationAcceptInput {
    /// The secret at the end of the link, after `#`.
    token: String,
    /// Name to show, 200 characters at most.
    display_name: Option<String>,
    /// The password: 12 to 128 characters, not easily guessed.
    password: String,
}

/// The present and the new password.
#[derive(InputObject)]
pub struct PasswordChangeInput {
    /// The present password.
    current_password: String,
    /// The new password: 12 to 128 characters, not easily guessed.
    new_password: String,
}

/// Who forgot their password.
#[derive(InputObject)]
pub struct PasswordResetRequestInput {
    /// E-mail address of the account.
    email: String,
}

/// A link of an e-mail, and the password chosen.
#[derive(InputObject)]
pub struct PasswordResetInput {
    /// The secret at the end of the link, after `#`.
    token: String,
    /// The new password: 12 to 128 characters, not easily guessed.
    password: String,
}

/// The new address, and who asks.
#[derive(InputObject)]
pub struct EmailChangeRequestInput {
    /// The new e-mail address.
    email: String,
    /// The password of the account.
    password: String,
}

/// A link of an e-mail.
#[derive(InputObject)]
pub struct EmailChangeConfirmInput {
    /// The secret at the end of the link, after `#`.
    token: String,
}

/// Where a change of e-mail address stands.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailChangeProgress {
    /// The other address has yet to confirm it.
    HalfConfirmed,
    /// The new address is that of the account.
    Changed,
}

impl From<service_email::Progress> for EmailChangeProgress {
    fn from(progress: service_email::Progress) -> Self {
        match progress {
            service_email::Progress::HalfConfirmed => Self::HalfConfirmed,
            service_email::Progress::Changed => Self::Changed,
        }
    }
}

payload! {
    /// What became of signing up: the same whether the address is known or not.
    AccountSignUpPayload {
        /// Whether an e-mail is on its way, unless too many were.
        requested: bool
    }
    AccountSignUpError, AccountSignUpErrorCode: [Invalid, TooLong, TooManyAttempts]
}

payload! {
    /// What became of confirming an address.
    AccountVerifyEmailPayload {
        /// Whether the account can be signed in to.
        verified: bool
    }
    AccountVerifyEmailError, AccountVerifyEmailErrorCode: [Expired, TooShort, TooLong, TooCommon]
}

payload! {
    /// What became of accepting an invitation.
    InvitationAcceptPayload {
        /// Whether the account can be signed in to.
        accepted: bool
    }
    InvitationAcceptError, InvitationAcceptErrorCode: [Expired, TooShort, TooLong, TooCommon]
}

payload! {
    /// What became of changing the password.
    PasswordChangePayload {
        /// Whether the new password holds; the other sessions have then ended.
        changed: bool
    }
    PasswordChangeError, PasswordChangeErrorCode: [
        WrongCredentials, TooManyAttempts, TooShort, TooLong, TooCommon
    ]
}

payload! {
    /// What became of asking for a new password: the same whether the address is known or not.
    PasswordResetRequestPayload {
        /// Whether an e-mail is on its way, if there is such an account.
        requested: bool
    }
    PasswordResetRequestError, PasswordResetRequestErrorCode: [Invalid, TooManyAttempts]
}

payload! {
    /// What became of choosing a new password by a link.
    PasswordResetPayload {
        /// Whether the new password holds; all sessions have then ended.
        changed: bool
    }
    PasswordResetError, PasswordResetErrorCode: [Expired, TooShort, TooLong, TooCommon]
}

payload! {
    /// What became of asking for another e-mail address: the same whether the address is
    /// known or not.
    EmailChangeRequestPayload {
        /// Whether e-mails are on their way to both addresses.
        requested: bool
    }
    EmailChangeRequestError, EmailChangeRequestErrorCode: [
        Invalid, WrongCredentials, TooManyAttempts
    ]
}

payload! {
    /// What became of confirming a change of e-mail address.
    EmailChangeConfirmPayload {
        /// Where the change stands.
        progress: EmailChangeProgress
    }
    EmailChangeConfirmError, EmailChangeConfirmErrorCode: [Expired, Taken]
}

/// What people do to their own accounts.
#[derive(Default)]
pub struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Signs up as a project holder. The address gets a link to confirm it; if it has an
    /// account already, a link to choose a new password.
    async fn account_sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs up.")] input: AccountSignUpInput,
    ) -> Result<AccountSignUpPayload> {
        let sign_up = SignUp {
            email: input.email,
            display_name: input.display_name,
            language: input.language.map_or(ctx.language(), Into::into),
        };
        let (app, scope) = ctx.writing().await;
        let asked = service::sign_up(app, scope, caller(ctx), sign_up).await;
        answer(ctx, asked.map(|()| true))
    }

    /// Confirms the address of who signed up, and chooses the password.
    async fn account_verify_email(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link and the password.")] input: AccountVerifyEmailInput,
    ) -> Result<AccountVerifyEmailPayload> {
        let (app, scope) = ctx.writing().await;
        let purpose = LinkPurpose::EmailVerification;
        let (token, password) = (&input.token, &input.password);
        let opened = service_password::open(app, scope, purpose, token, None, password).await;
        answer(ctx, opened.map(|()| true))
    }

    /// Accepts an invitation, and chooses the password.
    async fn invitation_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link and what is chosen.")] input: InvitationAcceptInput,
    ) -> Result<InvitationAcceptPayload> {
        let (app, scope) = ctx.writing().await;
        let purpose = LinkPurpose::Invitation;
        let (token, password) = (&input.token, &input.password);
        let name = input.display_name.as_deref();
        let opened = service_password::open(app, scope, purpose, token, name, password).await;
        answer(ctx, opened.map(|()| true))
    }

    /// Changes the viewer's password and ends their other sessions; for every person with an
    /// account.
    async fn password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Both passwords.")] input: PasswordChangeInput,
    ) -> Result<PasswordChangePayload> {
        let (app, scope) = ctx.writing().await;
        let (current, new) = (&input.current_password, &input.new_password);
        let changed =
            service_password::change_password(app, scope, caller(ctx), current, new).await;
        answer(ctx, changed.map(|()| true))
    }

    /// Has a link to choose a new password sent to the address of an account.
    async fn password_reset_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account.")] input: PasswordResetRequestInput,
    ) -> Result<PasswordResetRequestPayload> {
        let (app, scope) = ctx.writing().await;
        let asked = service_password::request_reset(app, scope, caller(ctx), &input.email).await;
        answer(ctx, asked.map(|()| true))
    }

    /// Chooses a new password by a link, and ends all sessions.
    async fn password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link and the password.")] input: PasswordResetInput,
    ) -> Result<PasswordResetPayload> {
        let (app, scope) = ctx.writing().await;
        let reset = service_password::reset(app, scope, &input.token, &input.password).await;
        answer(ctx, reset.map(|()| true))
    }

    /// Asks for another e-mail address, which the present one and the new one have to
    /// confirm within two days; for every person with an account.
    async fn email_change_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The address.")] input: EmailChangeRequestInput,
    ) -> Result<EmailChangeRequestPayload> {
        let (app, scope) = ctx.writing().await;
        let (email, password) = (&input.email, &input.password);
        let asked = service_email::request_change(app, scope, caller(ctx), email, password).await;
        answer(ctx, asked.map(|()| true))
    }

    /// Confirms a change of e-mail address by the link that one of the addresses got.
    async fn email_change_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link.")] input: EmailChangeConfirmInput,
    ) -> Result<EmailChangeConfirmPayload> {
        let (app, scope) = ctx.writing().await;
        let confirmed = service_email::confirm_change(app, scope, &input.token).await;
        answer(ctx, confirmed.map(Into::into))
    }
}
