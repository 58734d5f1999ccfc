//! An issuer of tokens that does as a test says: it signs what it is asked to, and answers
//! about itself as it should or should not.

use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use maillage::auth::keys::Keys;
use serde_json::{Value, json};

/// What comes before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410).
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// How it answers about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    Well,
    /// It describes another issuer.
    AsAnother,
    /// Its keys are said to be at an address without TLS on another machine.
    KeysInClear,
    Redirects,
    Fails,
    /// More than anybody should read.
    TooLong,
    NoJson,
}

/// An issuer that runs until the test ends.
pub struct Issuer {
    pub url: String,
    pub kid: String,
    key: EncodingKey,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl Issuer {
    /// An issuer that behaves well, with a key of its own.
    pub fn start(now: DateTime<Utc>) -> anyhow::Result<Self> {
        let keys = Keys::generate(now)?;
        let private: Value = serde_json::from_str(keys.to_private_json().reveal())?;
        let secret = private["keys"][0]["d"].as_str().context("a private key")?;
        let secret = BASE64_URL_SAFE_NO_PAD.decode(secret)?;
        let kid = &keys.latest().context("a key")?.kid;
        let behaviour = Arc::new(Mutex::new(Behaviour::Well));
        let state = web::Data::new((Arc::clone(&behaviour), keys.public_json(now)));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(state.clone())
                .route("/.well-known/openid-configuration", web::get().to(describe))
                .route("/keys", web::get().to(tell_keys))
        })
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))?;
        let address = *server.addrs().first().context("an address")?;
        actix_web::rt::spawn(server.run());
        Ok(Self {
            url: format!("http://{address}"),
            kid: kid.clone(),
            key: EncodingKey::from_ed_der(&[PKCS8.as_slice(), &secret].concat()),
            behaviour,
        })
    }

    /// Has it behave so from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        *self
            .behaviour
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = behaviour;
    }

    /// The claims of somebody to whom it gives a token for `maillage`, good for ten minutes.
    pub fn claims(&self, subject: &str, email: &str, now: DateTime<Utc>) -> Value {
        json!({
            "iss": self.url, "sub": subject, "aud": "maillage", "client_id": "front",
            "iat": now.timestamp(), "exp": now.timestamp() + 600,
            "email": email, "email_verified": true, "name": "Sacha Exemple",
        })
    }

    /// A token with these claims.
    pub fn token(&self, claims: &Value) -> anyhow::Result<String> {
        self.signed(&self.header(), claims)
    }

    /// The header of its tokens.
    pub fn header(&self) -> Header {
        Header {
            typ: Some("at+jwt".to_owned()),
            kid: Some(self.kid.clone()),
            ..Header::new(Algorithm::EdDSA)
        }
    }

    /// A token with this header and these claims.
    pub fn signed(&self, header: &Header, claims: &Value) -> anyhow::Result<String> {
        Ok(jsonwebtoken::encode(header, claims, &self.key)?)
    }
}

type State = web::Data<(Arc<Mutex<Behaviour>>, Value)>;

async fn describe(request: actix_web::HttpRequest, state: State) -> HttpResponse {
    let host = request.connection_info().host().to_owned();
    let behaviour = *state.0.lock().unwrap_or_else(PoisonError::into_inner);
    let mut description = json!({
        "issuer": format!("http://{host}"),
        "jwks_uri": format!("http://{host}/keys"),
    });
    match behaviour {
        Behaviour::Well => {}
        Behaviour::AsAnother => description["issuer"] = json!("https://id.example.org"),
        Behaviour::KeysInClear => description["jwks_uri"] = json!("http://id.example.org/keys"),
        Behaviour::Redirects => {
            let target = ("location", format!("http://{host}/keys"));
            return HttpResponse::Found().insert_header(target).finish();
        }
        Behaviour::Fails => return HttpResponse::InternalServerError().finish(),
        Behaviour::TooLong => description["more"] = json!("x".repeat(300_000)),
        Behaviour::NoJson => return HttpResponse::Ok().body("<html>"),
    }
    HttpResponse::Ok().json(description)
}

async fn tell_keys(state: State) -> HttpResponse {
    HttpResponse::Ok().json(&state.1)
}
