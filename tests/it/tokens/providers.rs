//! Access tokens as Entra ID, Keycloak and Auth0 make them, with the settings of docs/identity.md.

use auth::{AuthConfig, ClaimPath, RoleMap, TokenRules};
use chrono::Utc;
use jsonwebtoken::Algorithm;

use super::*;

const ALGORITHMS: [Algorithm; 4] = [
    Algorithm::RS256,
    Algorithm::PS256,
    Algorithm::ES256,
    Algorithm::EdDSA,
];

/// The queue that the example claims name.
const QUEUE: &str = "queue_0198c5d67b1a7c3e9d425f6a7b8c9d0e";

/// Signs these claims with each algorithm, by the claims' own issuer; each token is Sanne's.
async fn each_algorithm(
    issuer_name: &str,
    audience: &str,
    rules: TokenRules,
    mut claims: Value,
    subject: &str,
) {
    claims["iat"] = json!(Utc::now().timestamp());
    claims["nbf"] = claims["iat"].clone();
    claims["exp"] = json!((Utc::now() + TimeDelta::hours(1)).timestamp());
    for algorithm in ALGORITHMS {
        let key = Key::new("2026-a", algorithm);
        let issuer = Issuer::new(&[&key]).await;
        let server = server(AuthConfig {
            issuer: Some(issuer_name.into()),
            audience: Some(audience.into()),
            rules: rules.clone(),
            ..trusting(&issuer)
        })
        .await;
        // The claims name a queue; here it is one that there is.
        let queue = server.app.board.read(|board| {
            let mut ids = board.world.queues.keys();
            ids.next().unwrap().to_string()
        });
        let text = claims.to_string();
        assert!(text.contains(QUEUE));
        let claims: Value = serde_json::from_str(&text.replace(QUEUE, &queue)).unwrap();
        let data = server.data(&key.sign(&claims), WHO, json!({})).await;
        let expected = json!({
            "subject": subject,
            "roles": ["SUPERVISOR"],
            "permissions": ["CONVERSATION_MONITOR", "CONVERSATION_JOIN"],
            "scope": { "isAll": false, "queues": [{ "id": queue }] },
        });
        assert_eq!(data["viewer"], expected, "{algorithm:?}");

        let mut without = claims.clone();
        without["aud"] = json!("another");
        assert!(!accepts(&server, &key.sign(&without)).await);
    }
}

fn path(text: &str) -> ClaimPath {
    ClaimPath::parse(text).unwrap()
}

#[tokio::test]
async fn a_token_of_entra_id_fits() {
    let tenant = "7d3c2a10-0000-4000-8000-1c2b3a4d5e6f";
    let mut rules = TokenRules::default();
    rules.claims.subject = path("oid");
    rules.claims.permissions = path("roles");
    rules.claims.queues = path("/extn.queues");
    rules.claims.token_id = path("uti");
    rules.roles = RoleMap::parse("Desk.Lead=SUPERVISOR, Desk.Admin=ADMINISTRATOR").unwrap();
    let issuer = format!("https://login.microsoftonline.com/{tenant}/v2.0");
    let claims = json!({
        "aud": "5f1d9a52-0000-4000-8000-9e8d7c6b5a40",
        "iss": issuer,
        "azp": "0b7f5a11-0000-4000-8000-2d3e4f5a6b7c",
        "name": "Sanne de Vries",
        "oid": "c0ffee00-0000-4000-8000-000000000001",
        "preferred_username": "sanne@desk.example",
        "roles": ["Desk.Lead", "conversation:monitor", "conversation:join"],
        "groups": ["1a2b3c4d-0000-4000-8000-5e6f7a8b9c0d"],
        "extn.queues": ["queue_0198c5d67b1a7c3e9d425f6a7b8c9d0e"],
        "scp": "access_as_user",
        "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
        "tid": tenant,
        "uti": "fqiBqXLPj0eQa82S-IYFAA",
        "ver": "2.0",
    });
    let audience = "5f1d9a52-0000-4000-8000-9e8d7c6b5a40";
    let subject = "c0ffee00-0000-4000-8000-000000000001";
    each_algorithm(&issuer, audience, rules, claims, subject).await;
}

#[tokio::test]
async fn groups_of_entra_id_can_be_roles() {
    let key = Key::new("a", Algorithm::RS256);
    let issuer = Issuer::new(&[&key]).await;
    let mut auth = trusting(&issuer);
    auth.rules.claims.roles = path("groups");
    auth.rules.roles = RoleMap::parse("1a2b3c4d-0000-4000-8000-5e6f7a8b9c0d=SUPERVISOR").unwrap();
    let server = server(auth).await;
    let mut claims = claims(Utc::now());
    // What the issuer calls a role grants nothing: only the map does.
    claims["roles"] = json!(["ADMINISTRATOR"]);
    claims["groups"] = json!(["1a2b3c4d-0000-4000-8000-5e6f7a8b9c0d", "ADMINISTRATOR"]);
    let data = server.data(&key.sign(&claims), WHO, json!({})).await;
    assert_eq!(data["viewer"]["roles"], json!(["SUPERVISOR"]));
}

#[tokio::test]
async fn a_token_of_keycloak_fits() {
    let mut rules = TokenRules::default();
    rules.claims.roles = path("realm_access.roles");
    rules.claims.permissions = path("resource_access.regie.roles");
    rules.roles = RoleMap::parse("desk-lead=SUPERVISOR,desk-admin=ADMINISTRATOR").unwrap();
    let claims = json!({
        "jti": "onrtac:4e2f2d4c-0000-4000-8000-8f7e6d5c4b3a",
        "iss": "https://sso.example/realms/desk",
        "aud": ["regie", "account"],
        "sub": "f81d4fae-7dec-4d3a-a765-00a0c91e6bf6",
        "typ": "Bearer",
        "azp": "desk",
        "sid": "b4f5c1d2-0000-4000-8000-a1b2c3d4e5f6",
        "realm_access": { "roles": ["offline_access", "uma_authorization", "desk-lead"] },
        "resource_access": {
            "regie": { "roles": ["conversation:monitor", "conversation:join"] },
            "account": { "roles": ["manage-account"] },
        },
        "queues": ["queue_0198c5d67b1a7c3e9d425f6a7b8c9d0e"],
        "scope": "openid profile",
        "preferred_username": "sanne",
    });
    let subject = "f81d4fae-7dec-4d3a-a765-00a0c91e6bf6";
    let issuer = "https://sso.example/realms/desk";
    each_algorithm(issuer, "regie", rules, claims, subject).await;
}

#[tokio::test]
async fn a_token_of_auth0_fits() {
    let mut rules = TokenRules::default();
    rules.claims.roles = path("https://desk.example/roles");
    rules.claims.queues = path("https://desk.example/queues");
    let claims = json!({
        "https://desk.example/roles": ["SUPERVISOR"],
        "https://desk.example/queues": ["queue_0198c5d67b1a7c3e9d425f6a7b8c9d0e"],
        "iss": "https://desk.eu.auth0.com/",
        "sub": "auth0|6501f0c2a1b2c3d4e5f60718",
        "aud": ["https://regie.example/graphql", "https://desk.eu.auth0.com/userinfo"],
        "scope": "openid profile",
        "azp": "9aBcDeFgHiJkLmNoPqRsTuVwXyZ01234",
        "permissions": ["conversation:monitor", "conversation:join"],
    });
    let audience = "https://regie.example/graphql";
    let subject = "auth0|6501f0c2a1b2c3d4e5f60718";
    each_algorithm(
        "https://desk.eu.auth0.com/",
        audience,
        rules,
        claims,
        subject,
    )
    .await;
}
