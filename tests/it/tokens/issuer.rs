//! An issuer on loopback: keys that sign, and a key set over HTTP that tests change as they go.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

const RSA: &str = include_str!("../../../crates/auth/src/testdata/rsa.private.pem");
const P256: &str = include_str!("../../../crates/auth/src/testdata/p256.private.pem");

/// A key that signs.
#[derive(Clone)]
pub struct Key {
    pub id: String,
    algorithm: Algorithm,
    key: EncodingKey,
}

impl Key {
    /// The test's key of this algorithm, under this name.
    pub fn new(id: &str, algorithm: Algorithm) -> Self {
        let key = match algorithm {
            Algorithm::EdDSA => return Self::fresh(id),
            Algorithm::ES256 => EncodingKey::from_ec_pem(P256.as_bytes()),
            _ => EncodingKey::from_rsa_pem(RSA.as_bytes()),
        };
        Self {
            id: id.into(),
            algorithm,
            key: key.unwrap(),
        }
    }

    /// A new Ed25519 key.
    pub fn fresh(id: &str) -> Self {
        // PKCS #8 around 32 random bytes.
        let mut der = vec![
            0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
        ];
        der.extend(rand::random::<[u8; 32]>());
        Self {
            id: id.into(),
            algorithm: Algorithm::EdDSA,
            key: EncodingKey::from_ed_der(&der),
        }
    }

    /// The public key as the issuer publishes it.
    pub fn public(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.key, self.algorithm).unwrap();
        let mut jwk = serde_json::to_value(jwk).unwrap();
        jwk["kid"] = json!(self.id);
        jwk["use"] = json!("sig");
        jwk
    }

    /// A token of these claims.
    pub fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": self.algorithm, "typ": "JWT", "kid": self.id });
        self.sign_raw(&header.to_string(), &claims.to_string())
    }

    /// A token of exactly this header and payload, truly signed.
    pub fn sign_raw(&self, header: &str, payload: &str) -> String {
        signed(header, payload, self.algorithm, &self.key)
    }
}

/// A token of exactly this header and payload, signed so.
pub fn signed(header: &str, payload: &str, algorithm: Algorithm, key: &EncodingKey) -> String {
    let text = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let signature = crypto::sign(text.as_bytes(), key, algorithm).unwrap();
    format!("{text}.{signature}")
}

/// What the issuer answers.
#[derive(Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub body: String,
    pub cache_control: Option<&'static str>,
    pub location: Option<String>,
    pub after: Duration,
}

struct Inner {
    answer: Mutex<Answer>,
    asked: AtomicUsize,
}

/// An issuer that listens.
pub struct Issuer {
    pub url: String,
    inner: Arc<Inner>,
    serving: tokio::task::JoinHandle<()>,
}

impl Issuer {
    /// An issuer with these keys.
    pub async fn new(keys: &[&Key]) -> Self {
        let inner = Arc::new(Inner {
            answer: Mutex::new(Answer {
                status: StatusCode::OK,
                body: String::new(),
                cache_control: None,
                location: None,
                after: Duration::ZERO,
            }),
            asked: AtomicUsize::new(0),
        });
        let routes = Router::new()
            .route("/keys", get(answer))
            .with_state(inner.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        let issuer = Self {
            url,
            inner,
            serving,
        };
        issuer.publish(keys);
        issuer
    }

    /// Publishes these keys and no others.
    pub fn publish(&self, keys: &[&Key]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.public()).collect();
        self.say(&json!({ "keys": keys }));
    }

    /// Publishes this document.
    pub fn say(&self, document: &Value) {
        self.change(|answer| {
            answer.status = StatusCode::OK;
            answer.body = document.to_string();
        });
    }

    /// Answers nothing but errors from now on.
    pub fn goes_down(&self) {
        self.change(|answer| answer.status = StatusCode::BAD_GATEWAY);
    }

    /// Changes what it answers.
    pub fn change(&self, change: impl FnOnce(&mut Answer)) {
        change(&mut self.inner.answer.lock().unwrap());
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.inner.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(inner): State<Arc<Inner>>) -> Response {
    inner.asked.fetch_add(1, Ordering::SeqCst);
    let answer = inner.answer.lock().unwrap().clone();
    tokio::time::sleep(answer.after).await;
    let mut response = Response::builder().status(answer.status);
    if let Some(text) = answer.cache_control {
        response = response.header(header::CACHE_CONTROL, text);
    }
    if let Some(text) = answer.location {
        response = response.header(header::LOCATION, text);
    }
    response.body(Body::from(answer.body)).unwrap()
}
