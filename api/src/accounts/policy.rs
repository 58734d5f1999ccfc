//! Who may do what to accounts.

use entity::values::Role;

use crate::permission::{Operation, Reach, Rule};

/// Each person their own account, and administrators any.
const OWN_OR_ADMIN: Rule = Rule::of([Reach::Own, Reach::Own, Reach::Own, Reach::Any]);

/// Whoever signed in, programs included, about themselves.
const SELF: Rule = Rule {
    api_client: Reach::Own,
    ..Rule::OWN
};

/// What programs may do as visitors do: they have no password and no session.
const ANYBODY: Rule = Rule {
    api_client: Reach::Any,
    ..Rule::PUBLIC
};

pub const SIGN_UP: Operation = Operation::new("accountSignUp", ANYBODY);
pub const VERIFY_EMAIL: Operation = Operation::new("accountVerifyEmail", ANYBODY);
/// Whom they may invite, [`may_invite`] tells.
pub const INVITE: Operation = Operation::new("accountInvite", Rule::STAFF);
pub const ACCEPT: Operation = Operation::new("invitationAccept", ANYBODY);
pub const SIGN_IN: Operation = Operation::new("sessionCreate", ANYBODY);
pub const REFRESH: Operation = Operation::new("sessionRefresh", ANYBODY);
pub const SIGN_OUT: Operation = Operation::new("sessionDelete", ANYBODY);
pub const SIGN_OUT_EVERYWHERE: Operation = Operation::new("sessionsDelete", Rule::OWN);
pub const REVOKE_SESSION: Operation = Operation::new("sessionRevoke", Rule::OWN);
pub const CHANGE_PASSWORD: Operation = Operation::new("passwordChange", Rule::OWN);
pub const REQUEST_RESET: Operation = Operation::new("passwordResetRequest", ANYBODY);
pub const RESET: Operation = Operation::new("passwordReset", ANYBODY);
pub const REQUEST_EMAIL_CHANGE: Operation = Operation::new("emailChangeRequest", Rule::OWN);
pub const CONFIRM_EMAIL_CHANGE: Operation = Operation::new("emailChangeConfirm", ANYBODY);
pub const DEACTIVATE: Operation = Operation::new("accountDeactivate", OWN_OR_ADMIN);
pub const REACTIVATE: Operation = Operation::new("accountReactivate", Rule::ADMIN);
pub const UPDATE_ROLE: Operation = Operation::new("accountUpdateRole", Rule::ADMIN);
/// Of whom they may, [`may_invite`] tells.
pub const LINK_MEMBER: Operation = Operation::new("accountLinkMember", Rule::STAFF);
pub const ERASE_SELF: Operation = Operation::new("myDataErase", Rule::OWN);
/// For whoever asked in writing.
pub const ERASE: Operation = Operation::new("accountErase", Rule::ADMIN);
pub const ERASE_MEMBER: Operation = Operation::new("directoryEntryErase", Rule::ADMIN);
pub const CREATE_API_CLIENT: Operation = Operation::new("apiClientCreate", Rule::ADMIN);
pub const REVOKE_API_CLIENT: Operation = Operation::new("apiClientRevoke", Rule::ADMIN);
pub const ACCOUNTS: Operation = Operation::new("Query.accounts", Rule::STAFF);
pub const ACCOUNT: Operation = Operation::new("Query.account", Rule::STAFF);
pub const MY_DATA: Operation = Operation::new("Query.myData", Rule::OWN);
pub const OWN_ACCOUNT: Operation = Operation::new("Viewer.account", SELF);
pub const OWN_SESSIONS: Operation = Operation::new("Viewer.sessions", SELF);

/// What the matrix shows of accounts.
pub const OPERATIONS: &[Operation] = &[
    SIGN_UP,
    VERIFY_EMAIL,
    INVITE,
    ACCEPT,
    SIGN_IN,
    REFRESH,
    SIGN_OUT,
    SIGN_OUT_EVERYWHERE,
    REVOKE_SESSION,
    CHANGE_PASSWORD,
    REQUEST_RESET,
    RESET,
    REQUEST_EMAIL_CHANGE,
    CONFIRM_EMAIL_CHANGE,
    DEACTIVATE,
    REACTIVATE,
    UPDATE_ROLE,
    LINK_MEMBER,
    ERASE_SELF,
    ERASE,
    ERASE_MEMBER,
    CREATE_API_CLIENT,
    REVOKE_API_CLIENT,
    ACCOUNTS,
    ACCOUNT,
    MY_DATA,
    OWN_ACCOUNT,
    OWN_SESSIONS,
];

/// Whether an account of the role `by` may invite somebody to the role `to`: staff invite
/// project holders and members, administrators any person.
pub fn may_invite(by: Role, to: Role) -> bool {
    match to {
        Role::ProjectHolder | Role::Member => matches!(by, Role::Staff | Role::Admin),
        Role::Staff | Role::Admin => by == Role::Admin,
        Role::ApiClient => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_invited_above_the_one_who_invites() {
        for by in Role::ALL {
            for to in Role::ALL {
                let expected = match by {
                    Role::Staff => [Role::ProjectHolder, Role::Member].contains(to),
                    Role::Admin => *to != Role::ApiClient,
                    _ => false,
                };
                assert_eq!(may_invite(*by, *to), expected, "{by:?} {to:?}");
            }
        }
    }
}
