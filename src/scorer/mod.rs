//! The operator's scorer, asked over HTTP. `docs/scorer.yaml` is the contract.
//!
//! Invariants: over TLS, but for an address on this machine; no redirect is followed; bounded in time, in size and in tries; after
//! failures in a row it is left alone for a while. No text, no address and nothing of an answer is logged.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::MessageScore;
use engine::app::late::{Asked, OperatorScorer};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use rand::RngExt as _;
use reqwest::{Client, StatusCode, Url};
use serde_json::{Value, json};

mod breaker;

use breaker::Breaker;

/// How long one try may take, the connection with it.
const WHOLE: Duration = Duration::from_secs(2);
/// How long is waited before the second try, at random between these, in milliseconds.
const JITTER: std::ops::Range<u64> = 50..250;
/// The most bytes of an answer: 32 scores have some 4,000.
const MOST_BYTES: usize = 64 * 1024;

/// Where the operator's scorer is: `sentiment_scorer_url`. `Debug` shows no path, which may hold a secret.
#[derive(Clone)]
pub(crate) struct ScorerAddress {
    url: Url,
    is_here: bool,
}

impl fmt::Debug for ScorerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScorerAddress(redacted)")
    }
}

impl ScorerAddress {
    /// An address over https, or of this machine.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let url: Url = text.parse().ok()?;
        let host = url.host_str()?;
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return None;
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let address = bare.parse::<IpAddr>();
        let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        let fits = url.scheme() == "https" || (url.scheme() == "http" && is_here);
        fits.then_some(Self { url, is_here })
    }
}

/// The operator's scorer.
pub(crate) struct HttpScorer {
    client: Client,
    url: Url,
    breaker: Mutex<Breaker>,
}

/// Why there is no answer. A label of the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Unreachable,
    TimedOut,
    Status,
    Answer,
    LeftAlone,
}

impl Fault {
    const ALL: [Self; 5] = [
        Self::Unreachable,
        Self::TimedOut,
        Self::Status,
        Self::Answer,
        Self::LeftAlone,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::Status => "status",
            Self::Answer => "answer",
            Self::LeftAlone => "left_alone",
        }
    }

    fn count(self, by: u64) {
        metrics::counter!("regie_operator_scorer_faults_total", "fault" => self.as_str())
            .increment(by);
    }
}

impl HttpScorer {
    /// A scorer at this address; an error where there is no TLS to be had.
    pub(crate) fn new(address: &ScorerAddress) -> Result<Arc<Self>, reqwest::Error> {
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(WHOLE);
        // The first of the process installs it; that it is there already is fine.
        let _ = rustls::crypto::ring::default_provider().install_default();
        if address.is_here {
            builder = builder.no_proxy();
        }
        if address.url.scheme() == "https" {
            builder = builder.https_only(true);
        } else {
            builder = builder.tls_certs_only([]);
        }
        for fault in Fault::ALL {
            fault.count(0);
        }
        Ok(Arc::new(Self {
            client: builder.build()?,
            url: address.url.clone(),
            breaker: Mutex::new(Breaker::default()),
        }))
    }

    async fn asked(&self, texts: &[Asked]) -> Result<Vec<Option<MessageScore>>, Fault> {
        if !self.breaker().may_try(Instant::now()) {
            return Err(Fault::LeftAlone);
        }
        let body = question(texts);
        let mut answer = self.once(&body, texts.len()).await;
        if answer.as_ref().is_err_and(|(_, again)| *again) {
            let pause = rand::rng().random_range(JITTER);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            answer = self.once(&body, texts.len()).await;
        }
        let answer = answer.map_err(|(fault, _)| fault);
        self.breaker().hears(answer.is_ok(), Instant::now());
        answer
    }

    /// One try; a fault says whether another one may help.
    async fn once(
        &self,
        body: &Value,
        asked: usize,
    ) -> Result<Vec<Option<MessageScore>>, (Fault, bool)> {
        let transport = |error: reqwest::Error| {
            let fault = if error.is_timeout() {
                Fault::TimedOut
            } else {
                Fault::Unreachable
            };
            (fault, true)
        };
        let sent = self.client.post(self.url.clone()).json(body).send();
        let mut response = sent.await.map_err(transport)?;
        let status = response.status();
        if status != StatusCode::OK {
            let again = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
            return Err((Fault::Status, again));
        }
        let mut bytes = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(transport)? {
            if bytes.len() + piece.len() > MOST_BYTES {
                return Err((Fault::Answer, false));
            }
            bytes.extend_from_slice(&piece);
        }
        read(&bytes, asked).ok_or((Fault::Answer, false))
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OperatorScorer for HttpScorer {
    fn score<'a>(&'a self, texts: &'a [Asked]) -> BoxFuture<'a, Option<Vec<Option<MessageScore>>>> {
        let asked = async {
            let answer = self.asked(texts).await;
            answer.inspect_err(|fault| fault.count(1)).ok()
        };
        asked.boxed()
    }
}

/// The request: texts by their number, and nothing of who wrote them.
fn question(texts: &[Asked]) -> Value {
    let each = texts.iter().enumerate();
    let messages: Vec<_> = each
        .map(|(id, asked)| json!({ "id": id, "text": &*asked.text, "language": asked.language.as_deref() }))
        .collect();
    json!({ "messages": messages })
}

/// The scores of an answer: one for each text, in their order, or nothing is believed.
fn read(bytes: &[u8], asked: usize) -> Option<Vec<Option<MessageScore>>> {
    let answer: Value = serde_json::from_slice(bytes).ok()?;
    let scorer = answer.get("scorer")?.as_str()?;
    let version = answer.get("version")?.as_str()?;
    let given = answer.get("scores")?.as_array()?;
    if given.len() != asked {
        return None;
    }
    let mut scores: Vec<Option<Option<MessageScore>>> = vec![None; asked];
    for one in given {
        let id = usize::try_from(one.get("id")?.as_u64()?).ok()?;
        let place = scores.get_mut(id)?;
        let score = match one.get("score")? {
            Value::Null => None,
            score => Some(scored(one, score.as_f64()?, scorer, version)?),
        };
        if place.replace(score).is_some() {
            return None;
        }
    }
    scores.into_iter().collect()
}

fn scored(one: &Value, score: f64, scorer: &str, version: &str) -> Option<MessageScore> {
    let confidence = one.get("confidence").and_then(Value::as_f64)?;
    let language = one.get("language").filter(|language| !language.is_null());
    let language = match language {
        Some(language) => Some(language.as_str()?),
        None => None,
    };
    // What is lost lies below a thousandth.
    #[allow(clippy::cast_possible_truncation)]
    let (score, confidence) = (score as f32, confidence as f32);
    MessageScore::supplied(score, confidence, language, scorer, version).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_secure_or_of_this_machine() {
        for good in [
            "https://scorer.example/score",
            "http://127.0.0.1:9000/",
            "http://[::1]:9000/score",
            "http://localhost:9000",
        ] {
            assert!(ScorerAddress::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "scorer",
            "http://scorer.example/",
            "http://10.0.0.1/",
            "https://user:word@scorer.example/",
            "https://scorer.example/#a",
            "ftp://localhost/",
        ] {
            assert!(ScorerAddress::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn an_answer_has_one_score_for_each_text_or_is_not_believed() {
        let whole = br#"{"scorer":"theirs","version":"7","scores":[
            {"id":1,"score":null},{"id":0,"score":-0.5,"confidence":0.75,"language":"nl"}]}"#;
        let scores = read(whole, 2).unwrap();
        let first = scores[0].as_ref().unwrap();
        assert_eq!((first.score, first.confidence), (Some(-0.5), 0.75));
        assert_eq!((&*first.scorer, &*first.scorer_version), ("theirs", "7"));
        assert_eq!(scores[1], None);
        for bad in [
            &b"nothing"[..],
            br#"{"scorer":"a","version":"1","scores":[]}"#,
            br#"{"scorer":"a","version":"1","scores":[{"id":1,"score":0,"confidence":1}]}"#,
            br#"{"scorer":"a","version":"1","scores":[{"id":0,"score":2,"confidence":1}]}"#,
            br#"{"scorer":"a","version":"1","scores":[{"id":0,"score":0}]}"#,
            br#"{"scorer":"","version":"1","scores":[{"id":0,"score":0,"confidence":1}]}"#,
            br#"{"version":"1","scores":[{"id":0,"score":0,"confidence":1}]}"#,
        ] {
            assert_eq!(read(bad, 1), None, "{}", String::from_utf8_lossy(bad));
        }
    }
}
