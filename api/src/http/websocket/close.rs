//! Why the server closes a WebSocket. Codes of 4400 and above are part of the API.
//!
//! | code | meaning | what a client does |
//! |---|---|---|
//! | 1002, 1007, 1009 | not WebSocket, text that is no UTF-8, or a message above the size limit | mends itself |
//! | 1012 | the server stops or restarts | connects again, here or elsewhere, resumes by cursor |
//! | 4400 | not a message of the protocol; the reason says what | mends itself |
//! | 4401 | `subscribe` before `connection_ack` | waits for it |
//! | 4403 | no token, a refused token, or one that expired or was revoked | gets a new token |
//! | 4406 | the handshake did not offer `graphql-transport-ws` | offers it |
//! | 4408 | no `connection_init` in time | connects again |
//! | 4409 | the id of a running operation | uses fresh ids |
//! | 4410 | the client reads too slowly | connects again, resumes by cursor |
//! | 4411 | the subject has too many connections | closes others first |
//! | 4429 | a second `connection_init` | sends one |

use std::borrow::Cow;

use axum::extract::ws::{CloseFrame, Message};

/// The most a close frame has room for, in bytes (RFC 6455 section 5.5).
const LONGEST_REASON: usize = 123;

/// A close code with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: Cow<'static, str>,
}

impl Close {
    pub(super) const PROTOCOL_ERROR: Self = Self::new(1002, "Protocol error");
    /// RFC 6455 section 7.4.1.
    pub(super) const NOT_UTF8: Self = Self::new(1007, "Invalid UTF-8");
    pub(super) const TOO_BIG: Self = Self::new(1009, "Message too big");
    pub(super) const RESTART: Self = Self::new(1012, "Service restart");
    pub(super) const UNAUTHORIZED: Self = Self::new(4401, "Unauthorized");
    pub(super) const TOKEN_EXPIRED: Self = Self::new(4403, "Token expired");
    pub(super) const TOKEN_REVOKED: Self = Self::new(4403, "Token revoked");
    pub(super) const SUBPROTOCOL: Self = Self::new(4406, "Subprotocol not acceptable");
    pub(super) const INIT_TIMEOUT: Self = Self::new(4408, "Connection initialisation timeout");
    pub(super) const TOO_SLOW: Self = Self::new(4410, "Too slow; resume by cursor");
    pub(super) const TOO_MANY_CONNECTIONS: Self = Self::new(4411, "Too many connections");
    pub(super) const TOO_MANY_INITS: Self = Self::new(4429, "Too many initialisation requests");

    const fn new(code: u16, reason: &'static str) -> Self {
        Self {
            code,
            reason: Cow::Borrowed(reason),
        }
    }

    /// Not a message of the protocol.
    pub(super) fn invalid(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::clipped(4400, reason.into())
    }

    /// No token, or one that is refused.
    pub(super) fn forbidden(reason: impl std::fmt::Display) -> Self {
        Self::clipped(4403, format!("Forbidden: {reason}").into())
    }

    /// The id of a running operation.
    pub(super) fn already_exists(id: &str) -> Self {
        Self::clipped(4409, format!("Subscriber for {id} already exists").into())
    }

    fn clipped(code: u16, mut reason: Cow<'static, str>) -> Self {
        if reason.len() > LONGEST_REASON {
            let end = reason.floor_char_boundary(LONGEST_REASON);
            reason = Cow::Owned(reason[..end].to_owned());
        }
        Self { code, reason }
    }

    /// The frame.
    pub(super) fn message(&self) -> Message {
        Message::Close(Some(CloseFrame {
            code: self.code,
            reason: self.reason.as_ref().into(),
        }))
    }
}
