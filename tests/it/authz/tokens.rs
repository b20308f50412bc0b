//! The kinds of tokens.

use domain::{Channel, Role};

use crate::floor::{Floor, with_api_access};
use crate::harness::Token;

/// A kind of token.
pub struct Kind {
    pub name: &'static str,
    pub token: Option<String>,
}

/// Every kind. The conversation acted on is WHATSAPP, in the messaging queue, and anna's where it is
/// anybody's; every supervisor is sam.
pub fn kinds(floor: &Floor) -> Vec<Kind> {
    let kind = |name, token| Kind {
        name,
        token: Some(token),
    };
    vec![
        Kind {
            name: "no token",
            token: None,
        },
        kind("no role", Token::agent("nobody").roles(&[]).sign()),
        kind("gateway", floor.gateway.clone()),
        kind(
            "gateway of another channel",
            Token::gateway().channels(&[Channel::Sms]).sign(),
        ),
        kind("agent unknown", Token::agent("ursula").sign()),
        kind("agent elsewhere", floor.carl.clone()),
        kind("agent member", floor.bert.clone()),
        kind("agent concerned", floor.anna.clone()),
        kind("supervisor in scope", floor.sam.clone()),
        kind(
            "supervisor out of scope",
            Token::supervisor("sam")
                .queues(&[&floor.second_queue])
                .sign(),
        ),
        kind(
            "supervisor without permissions",
            Token::supervisor("sam").permissions(&[]).sign(),
        ),
        kind("supervisor with API_ACCESS", with_api_access()),
        kind(
            "API_ACCESS only",
            Token::of("machine", Role::ApiAccess).sign(),
        ),
        kind("administrator", floor.admin.clone()),
    ]
}
