//! The table of settings, as the README and `--help` show it.

use std::fmt::Write as _;

/// One row of the table of settings.
pub struct Entry {
    /// Name of the environment variable; in the file, the same in lower case.
    pub name: &'static str,
    /// Value taken when none is given.
    pub default: &'static str,
    /// What it is for, its unit and its bounds.
    pub help: &'static str,
}

/// Every setting there is: the same table stands in the README.
pub const TABLE: &[Entry] = &[
    Entry {
        name: "DATABASE_URL",
        default: "",
        help: "`postgres://…` or `sqlite:…`; empty: the file `maillage.sqlite` in the working directory, created, migrated and seeded at first start",
    },
    Entry {
        name: "LISTEN",
        default: "127.0.0.1:8080",
        help: "Address and port to listen on; port 0 takes a free one",
    },
    Entry {
        name: "MIGRATE_ON_START",
        default: "",
        help: "`true` or `false`: whether `serve` applies pending migrations; empty: only for a SQLite file",
    },
    Entry {
        name: "SEED_ON_START",
        default: "",
        help: "`true` or `false`: whether `serve` fills an empty registry with the reference data of the Hauts-de-Seine and the demonstration; empty: only when `DATABASE_URL` is not given",
    },
    Entry {
        name: "PUBLIC_URL",
        default: "",
        help: "Address under which the public reaches the server, for links; empty: the address listened on",
    },
    Entry {
        name: "LOG",
        default: "info,sqlx=warn,sea_orm_migration=warn",
        help: "What is logged, as `tracing` directives",
    },
    Entry {
        name: "LOG_FORMAT",
        default: "pretty",
        help: "`pretty` or `json`",
    },
    Entry {
        name: "WORKERS",
        default: "0",
        help: "Threads that serve requests, 0 to 256; 0: one per core",
    },
    Entry {
        name: "MAX_CONNECTIONS",
        default: "10000",
        help: "Connections kept open at once by each worker, 1 to 100000",
    },
    Entry {
        name: "DATABASE_CONNECTIONS",
        default: "16",
        help: "Connections to the database, 1 to 1000",
    },
    Entry {
        name: "TRUSTED_PROXIES",
        default: "",
        help: "Addresses or networks (`10.0.0.0/8`) of proxies whose `X-Forwarded-For` is believed, separated by commas",
    },
    Entry {
        name: "BODY_LIMIT_BYTES",
        default: "262144",
        help: "Size of a request's body, 1024 to 16777216",
    },
    Entry {
        name: "BODY_TIMEOUT_MS",
        default: "10000",
        help: "Time a client has to send its body, 10 to 600000",
    },
    Entry {
        name: "HEAD_TIMEOUT_MS",
        default: "10000",
        help: "Time a client has to send its request line and headers, 10 to 600000",
    },
    Entry {
        name: "OPERATION_TIMEOUT_MS",
        default: "5000",
        help: "Time an operation may take, 10 to 600000; the database's statements stop too",
    },
    Entry {
        name: "QUERY_LIMIT_BYTES",
        default: "32768",
        help: "Length of a GraphQL document, 256 to 1048576",
    },
    Entry {
        name: "QUERY_TOKENS",
        default: "1500",
        help: "Tokens in a document, 10 to 100000",
    },
    Entry {
        name: "QUERY_NESTING",
        default: "50",
        help: "Nesting of brackets in a document before it is parsed, 5 to 100",
    },
    Entry {
        name: "QUERY_DIRECTIVES",
        default: "20",
        help: "Directives in a document, 0 to 1000",
    },
    Entry {
        name: "QUERY_FRAGMENT_SPREADS",
        default: "20",
        help: "Fragment spreads in a document, 0 to 1000",
    },
    Entry {
        name: "VARIABLES_NESTING",
        default: "32",
        help: "Nesting of the variables' JSON, 2 to 100",
    },
    Entry {
        name: "QUERY_ALIASES",
        default: "30",
        help: "Aliases once fragments are expanded, 0 to 10000",
    },
    Entry {
        name: "QUERY_FIELDS",
        default: "1000",
        help: "Selected fields once fragments are expanded, 10 to 100000",
    },
    Entry {
        name: "QUERY_DEPTH",
        default: "15",
        help: "Depth once fragments are expanded, 3 to 50",
    },
    Entry {
        name: "INTROSPECTION_ITEMS",
        default: "500000",
        help: "Items that introspection may answer, about; the standard query asks some 330000, 1000 to 100000000",
    },
    Entry {
        name: "QUERY_COST",
        default: "10000",
        help: "Cost of one operation, 100 to 10000000",
    },
    Entry {
        name: "INPUT_LIST_ITEMS",
        default: "250",
        help: "Items in one list of an input, 1 to 10000",
    },
    Entry {
        name: "RATE_LIMIT_POINTS",
        default: "5000",
        help: "Cost a visitor may spend in a minute, 0 to 1000000000; 0: no limit. Staff and API clients: 40 times as much",
    },
    Entry {
        name: "SIGNING_KEYS_FILE",
        default: "maillage-keys.json",
        help: "File of the keys that sign access tokens, made at first start; replicas share it",
    },
    Entry {
        name: "SIGNING_KEYS",
        default: "",
        help: "The whole content of such a file; empty: the file",
    },
    Entry {
        name: "TOKEN_ISSUER",
        default: "",
        help: "Who access tokens say has issued them; empty: `PUBLIC_URL`, or else `maillage`",
    },
    Entry {
        name: "TOKEN_AUDIENCE",
        default: "maillage",
        help: "For whom access tokens say they are",
    },
    Entry {
        name: "ACCESS_TOKEN_MINUTES",
        default: "10",
        help: "How long an access token is valid, 1 to 60",
    },
    Entry {
        name: "OIDC_ISSUER",
        default: "",
        help: "Address of an OpenID Connect issuer (`https://…`) whose tokens are accepted besides ours; empty: none",
    },
    Entry {
        name: "OIDC_AUDIENCE",
        default: "",
        help: "What that issuer calls us: its tokens must name it in `aud`",
    },
    Entry {
        name: "OIDC_CLIENTS",
        default: "",
        help: "Clients of that issuer whose tokens are accepted (`azp`, or else `client_id`), separated by commas; empty: all",
    },
    Entry {
        name: "OIDC_SIGN_UP",
        default: "",
        help: "`true` or `false`: whether a verified e-mail address that no account has gets one, as a project holder or by `OIDC_ROLES`; empty: `false`",
    },
    Entry {
        name: "OIDC_ROLE_CLAIM",
        default: "",
        help: "Claim that bounds the role in which its tokens act, such as `realm_access.roles`; empty: the role of the account",
    },
    Entry {
        name: "OIDC_ROLES",
        default: "",
        help: "What values of that claim allow at the most, such as `registry-staff=staff,registry-admin=admin`; anything else: project holder",
    },
    Entry {
        name: "SESSION_DAYS",
        default: "30",
        help: "Days without use after which a session ends, 1 to 365",
    },
    Entry {
        name: "WEB_ORIGINS",
        default: "",
        help: "Origins (`https://www.example.org`) of front ends that pass `/graphql` on to us and may keep the refresh token in a cookie, besides that of `PUBLIC_URL`, separated by commas",
    },
    Entry {
        name: "LINK_BASE",
        default: "",
        help: "Address of the front end that the links of e-mails open; empty: `PUBLIC_URL`",
    },
    Entry {
        name: "PASSWORD_MEMORY_KIB",
        default: "19456",
        help: "Memory in which a password is hashed, 8 to 4194304; up to 10 are hashed at once",
    },
    Entry {
        name: "PASSWORD_ITERATIONS",
        default: "2",
        help: "How many times a password is hashed through that memory, 1 to 100",
    },
    Entry {
        name: "MAIL_TRANSPORT",
        default: "file",
        help: "How e-mail leaves: `smtp`, or `file` into a folder, for trying out",
    },
    Entry {
        name: "MAIL_FOLDER",
        default: "maillage-mail",
        help: "Folder that `file` writes to, one `.eml` file for each message",
    },
    Entry {
        name: "SMTP_URL",
        default: "",
        help: "Mail server that `smtp` sends by: `smtps://user:password@host`, or `smtp://…?tls=required` with STARTTLS; special characters of the password percent-encoded",
    },
    Entry {
        name: "MAIL_FROM",
        default: "Maillage <maillage@localhost>",
        help: "Sender of e-mail: an address, or `Name <address>`",
    },
    Entry {
        name: "MAIL_REPLY_TO",
        default: "",
        help: "Address that answers to e-mail go to; empty: the sender",
    },
    Entry {
        name: "FILES_FOLDER",
        default: "maillage-files",
        help: "Folder that keeps uploaded files; replicas share it",
    },
    Entry {
        name: "FILES_URL",
        default: "",
        help: "`s3://bucket/prefix`: keeps uploaded files in a bucket of a store that speaks S3; empty: the folder",
    },
    Entry {
        name: "AWS_ENDPOINT_URL",
        default: "",
        help: "Address of that store; empty: that of AWS for the region",
    },
    Entry {
        name: "AWS_REGION",
        default: "",
        help: "Region of the bucket; empty: `us-east-1`",
    },
    Entry {
        name: "AWS_ACCESS_KEY_ID",
        default: "",
        help: "Key for that store; empty: the credentials of the machine or container",
    },
    Entry {
        name: "AWS_SECRET_ACCESS_KEY",
        default: "",
        help: "The secret of that key",
    },
    Entry {
        name: "AWS_SESSION_TOKEN",
        default: "",
        help: "The token of a key that is valid for some time; empty: none",
    },
    Entry {
        name: "FILE_LIMIT_BYTES",
        default: "26214400",
        help: "Size of an uploaded file, 1024 to 268435456",
    },
    Entry {
        name: "UPLOAD_TIMEOUT_MS",
        default: "300000",
        help: "Time a client has to send a file, 10 to 3600000",
    },
];

/// The table of settings as text, for `--help`.
pub fn help() -> String {
    let mut text = String::from(
        "Settings (environment variables, or lower-case keys of the file given by --config):\n",
    );
    for entry in TABLE {
        let default = if entry.default.is_empty() {
            String::new()
        } else {
            format!(" [default: {}]", entry.default)
        };
        // Writing to a String cannot fail.
        let _ = write!(text, "\n  {}\n      {}{default}\n", entry.name, entry.help);
    }
    text
}
