//! The cookie in which browsers keep a refresh token: scripts cannot read it, and other
//! sites cannot have it sent.

use async_graphql::Context;

use crate::accounts::REFRESH_COOKIE;
use crate::auth::secrets::Secret;
use crate::graphql::ContextExt as _;

const ATTRIBUTES: &str = "HttpOnly; Secure; SameSite=Strict; Path=/graphql";

/// Has the answer keep `token` in the browser for as long as its session may last.
pub fn keep(ctx: &Context<'_>, token: &Secret) {
    let seconds = ctx.app().settings.session_lifetime.num_seconds();
    set(ctx, token.reveal(), seconds);
}

/// Has the answer remove the token from the browser.
pub fn remove(ctx: &Context<'_>) {
    set(ctx, "", 0);
}

fn set(ctx: &Context<'_>, value: &str, seconds: i64) {
    let cookie = format!("{REFRESH_COOKIE}={value}; Max-Age={seconds}; {ATTRIBUTES}");
    ctx.append_http_header("set-cookie", cookie);
}
