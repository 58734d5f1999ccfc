//! Why the credentials of a request were refused, for programs.

/// The reasons, in `extensions.reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    CredentialsTwice,
    CredentialsMalformed,
    SessionEnded,
    TokenExpired,
    TokenNotYetValid,
    TokenMalformed,
    TokenAlgorithm,
    TokenType,
    TokenKey,
    TokenSignature,
    TokenIssuer,
    TokenAudience,
    TokenClient,
    IssuerSilent,
    EmailUnverified,
    AccountUnknown,
    AccountClosed,
    AccountOfOtherPerson,
}

impl Reason {
    /// The reason as written in `extensions.reason`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CredentialsTwice => "CREDENTIALS_TWICE",
            Self::CredentialsMalformed => "CREDENTIALS_MALFORMED",
            Self::SessionEnded => "SESSION_ENDED",
            Self::TokenExpired => "TOKEN_EXPIRED",
            Self::TokenNotYetValid => "TOKEN_NOT_YET_VALID",
            Self::TokenMalformed => "TOKEN_MALFORMED",
            Self::TokenAlgorithm => "TOKEN_ALGORITHM",
            Self::TokenType => "TOKEN_TYPE",
            Self::TokenKey => "TOKEN_KEY",
            Self::TokenSignature => "TOKEN_SIGNATURE",
            Self::TokenIssuer => "TOKEN_ISSUER",
            Self::TokenAudience => "TOKEN_AUDIENCE",
            Self::TokenClient => "TOKEN_CLIENT",
            Self::IssuerSilent => "ISSUER_SILENT",
            Self::EmailUnverified => "EMAIL_UNVERIFIED",
            Self::AccountUnknown => "ACCOUNT_UNKNOWN",
            Self::AccountClosed => "ACCOUNT_CLOSED",
            Self::AccountOfOtherPerson => "ACCOUNT_OF_OTHER_PERSON",
        }
    }
}
