//! Manifests, and what names mean with and without one.
#![allow(clippy::unwrap_used)]

use async_graphql::Value;
use serde_json::json;

use super::*;
use crate::graphql::gate::{Gate, GateOptions, Limits};
use base16ct::lower::encode_string as hex;

fn gate(documents: Documents) -> Gate {
    Gate::new(GateOptions {
        documents,
        ..Limits::default().into()
    })
}

fn request(parameters: &serde_json::Value) -> GraphQlRequest {
    let text = |name: &str| parameters[name].as_str().map(str::to_owned);
    let extensions = match &parameters["extensions"] {
        serde_json::Value::Null => async_graphql::Extensions::default(),
        extensions => serde_json::from_value(extensions.clone()).unwrap(),
    };
    GraphQlRequest {
        query: text("query"),
        document_id: text("documentId"),
        extensions,
        ..GraphQlRequest::default()
    }
}

fn sha256(text: &str) -> String {
    hex(&hash(text))
}

fn by_hash(hash: &str) -> serde_json::Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

/// The code with which this is refused, or what runs.
fn outcome(gate: &Gate, parameters: &serde_json::Value) -> String {
    match gate.admit(&request(parameters)) {
        Ok(passed) => format!("{:?}", passed.kind),
        Err(refusal) => {
            let extensions = refusal.errors[0].extensions.as_ref().unwrap();
            match extensions.get("code") {
                Some(Value::String(code)) => code.clone(),
                other => panic!("{other:?}"),
            }
        }
    }
}

fn manifest(documents: &[(&str, &str)]) -> Result<Manifest, ManifestRefused> {
    let map: serde_json::Map<_, _> = documents
        .iter()
        .map(|(key, text)| ((*key).to_owned(), json!(text)))
        .collect();
    Manifest::parse(&serde_json::Value::Object(map).to_string())
}

const MD5: &str = "0cc175b9c0f1b6a831c399e269772661";

#[test]
fn a_hash_is_known_once_its_text_has_come() {
    let gate = gate(Documents::default());
    let hash = sha256("{ a }");
    let alone = || json!({ "extensions": by_hash(&hash) });
    assert_eq!(outcome(&gate, &alone()), "PERSISTED_QUERY_NOT_FOUND");
    let both = json!({ "query": "{ a }", "extensions": by_hash(&hash) });
    assert_eq!(outcome(&gate, &both), "Query");
    assert_eq!(outcome(&gate, &alone()), "Query");
    let id = json!({ "documentId": format!("sha256:{hash}") });
    assert_eq!(outcome(&gate, &id), "Query");
}

#[test]
fn nobody_can_put_another_text_under_a_hash() {
    let gate = gate(Documents::default());
    let hash = sha256("{ a }");
    let poison = json!({ "query": "mutation { a }", "extensions": by_hash(&hash) });
    assert_eq!(outcome(&gate, &poison), "PERSISTED_QUERY_HASH_MISMATCH");
    let poison = json!({ "query": "mutation { a }", "documentId": format!("sha256:{hash}") });
    assert_eq!(outcome(&gate, &poison), "PERSISTED_QUERY_HASH_MISMATCH");
    let alone = json!({ "extensions": by_hash(&hash) });
    assert_eq!(outcome(&gate, &alone), "PERSISTED_QUERY_NOT_FOUND");
}

#[test]
fn what_does_not_pass_is_not_kept() {
    let gate = gate(Documents::default());
    for text in ["{", "{ a { ...F } } fragment F on T { ...F }"] {
        let hash = sha256(text);
        let both = json!({ "query": text, "extensions": by_hash(&hash) });
        assert_eq!(outcome(&gate, &both), "INVALID_INPUT", "{text}");
        let alone = json!({ "extensions": by_hash(&hash) });
        assert_eq!(outcome(&gate, &alone), "PERSISTED_QUERY_NOT_FOUND");
    }
}

#[test]
fn names_that_cannot_be_a_hash_are_refused() {
    let gate = gate(Documents::default());
    let hash = sha256("{ a }");
    for (parameters, code) in [
        (json!({ "documentId": MD5 }), "INVALID_INPUT"),
        (
            json!({ "query": "{ a }", "documentId": "mine" }),
            "INVALID_INPUT",
        ),
        (json!({ "documentId": "sha256:12" }), "INVALID_INPUT"),
        (
            json!({ "documentId": format!("md5:{MD5}") }),
            "INVALID_INPUT",
        ),
        (
            json!({ "documentId": format!("sha256:{}", hash.to_uppercase()) }),
            "INVALID_INPUT",
        ),
        (json!({ "extensions": by_hash("x") }), "INVALID_INPUT"),
        (
            json!({ "extensions": { "persistedQuery": 1 } }),
            "INVALID_INPUT",
        ),
        (
            json!({ "extensions": { "persistedQuery": {} } }),
            "INVALID_INPUT",
        ),
        (
            json!({ "extensions": { "persistedQuery": { "version": 2, "sha256Hash": hash } } }),
            "PERSISTED_QUERY_NOT_SUPPORTED",
        ),
        (
            json!({ "documentId": format!("sha256:{}", sha256("b")), "extensions": by_hash(&hash) }),
            "INVALID_INPUT",
        ),
        (json!({}), "INVALID_INPUT"),
        (
            json!({ "extensions": { "persistedQuery": null } }),
            "INVALID_INPUT",
        ),
    ] {
        assert_eq!(outcome(&gate, &parameters), code, "{parameters}");
    }
}

#[test]
fn without_a_store_a_hash_alone_is_not_supported() {
    let gate = gate(Documents::Any(None));
    let hash = sha256("{ a }");
    let both = json!({ "query": "{ a }", "extensions": by_hash(&hash) });
    assert_eq!(outcome(&gate, &both), "Query");
    let alone = json!({ "extensions": by_hash(&hash) });
    assert_eq!(outcome(&gate, &alone), "PERSISTED_QUERY_NOT_SUPPORTED");
}

#[test]
fn only_what_is_listed_runs_by_whichever_name() {
    let (a, b) = ("{ a }", "mutation B { b }");
    let sha = sha256(a);
    let gate = gate(Documents::Listed(manifest(&[(&sha, a), (MD5, b)]).unwrap()));
    for (parameters, expected) in [
        (json!({ "query": a }), "Query"),
        (json!({ "extensions": by_hash(&sha) }), "Query"),
        (json!({ "documentId": format!("sha256:{sha}") }), "Query"),
        (json!({ "documentId": sha }), "Query"),
        (json!({ "query": a, "documentId": sha }), "Query"),
        (json!({ "documentId": MD5 }), "Mutation"),
        (json!({ "extensions": by_hash(MD5) }), "Mutation"),
        (
            json!({ "documentId": format!("sha256:{}", sha256(b)) }),
            "Mutation",
        ),
        (json!({ "query": b }), "Mutation"),
        (json!({ "query": "{ a  }" }), "PERSISTED_QUERY_NOT_IN_LIST"),
        (
            json!({ "query": "{ __typename }" }),
            "PERSISTED_QUERY_NOT_IN_LIST",
        ),
        (
            json!({ "documentId": "other" }),
            "PERSISTED_QUERY_NOT_IN_LIST",
        ),
        (
            json!({ "query": "{ c }", "extensions": by_hash(&sha256("{ c }")) }),
            "PERSISTED_QUERY_NOT_IN_LIST",
        ),
        (
            json!({ "query": b, "documentId": sha }),
            "PERSISTED_QUERY_HASH_MISMATCH",
        ),
    ] {
        assert_eq!(outcome(&gate, &parameters), expected, "{parameters}");
    }
}

#[test]
fn a_listed_document_still_has_to_pass_the_gate() {
    let text = "mutation { a a }";
    let gate = gate(Documents::Listed(manifest(&[("1", text)]).unwrap()));
    assert_eq!(
        outcome(&gate, &json!({ "documentId": "1" })),
        "INVALID_INPUT"
    );
}

#[test]
fn a_file_that_is_no_manifest_says_what_is_wrong_in_one_line() {
    for (json, expected) in [
        ("", "is not a JSON object of documents by their hash"),
        ("[]", "is not a JSON object of documents by their hash"),
        (
            "{\"a\":1}",
            "is not a JSON object of documents by their hash",
        ),
        ("{}", "lists no document"),
    ] {
        assert_eq!(Manifest::parse(json).unwrap_err().to_string(), expected);
    }
    let wrong = sha256("{ b }");
    assert_eq!(
        manifest(&[(&wrong, "{ a }")]).unwrap_err(),
        ManifestRefused::Hash(wrong)
    );
    let deep = "{a".repeat(10_000);
    for text in ["{", "type A { b: C }", deep.as_str()] {
        let refused = manifest(&[("key", text)]).unwrap_err().to_string();
        assert!(
            refused.starts_with("has under \"key\" a text that is no GraphQL document: "),
            "{refused}"
        );
        assert_eq!(refused.lines().count(), 1, "{refused}");
    }
}
