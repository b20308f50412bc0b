//! Typed identifiers: a UUID v7 inside, a readable prefix outside (`conv_…`, `agent_…`).
//!
//! An id that was parsed is well-formed; whether it exists is the store's business.

use std::{fmt, str::FromStr, sync::Mutex};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::{ContextV7, Timestamp, Uuid};

/// Text that is not an id of the expected kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {kind} id (expected {prefix}_ and 32 hexadecimal digits)")]
pub struct InvalidId {
    /// What was expected, in words.
    pub kind: &'static str,
    /// The prefix that ids of this kind carry.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal, $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
        pub struct $name(pub Uuid);

        impl $name {
            /// The prefix of the textual form.
            pub const PREFIX: &'static str = $prefix;

            /// A new id of this instant; ids of this kind made later sort later, also where the clock goes back.
            #[must_use]
            pub fn new(now: DateTime<Utc>) -> Self {
                // A count of its own: together with other kinds' it would tell of what else was made meanwhile.
                static COUNT: Mutex<ContextV7> = Mutex::new(ContextV7::new());
                let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
                let instant = Timestamp::from_unix(&COUNT, seconds, now.timestamp_subsec_nanos());
                Self(Uuid::new_v7(instant))
            }
        }

        impl $name {
            /// The instant that it was made at, to the millisecond; the first of all for one that has none.
            #[must_use]
            pub fn made_at(self) -> DateTime<Utc> {
                let made = self.0.get_timestamp().map(|made| made.to_unix());
                let made = made.and_then(|(seconds, nanos)| {
                    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
                });
                made.unwrap_or(DateTime::UNIX_EPOCH)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|hex| hex.len() == 32 && !hex.bytes().any(|b| b.is_ascii_uppercase()))
                    .and_then(|hex| Uuid::try_parse(hex).ok())
                    .map(Self)
                    .ok_or(InvalidId { kind: $kind, prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "sea-orm")]
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )*};
}

ids! {
    /// One customer contact on one channel.
    ConversationId = "conv", "conversation";
    /// A human or bot agent.
    AgentId = "agent", "agent";
    /// A queue.
    QueueId = "queue", "queue";
    /// A workstream.
    WorkstreamId = "ws", "workstream";
    /// A customer; the id outlives the customer's erased name.
    CustomerId = "cust", "customer";
    /// A message of a transcript; the id outlives erased text.
    MessageId = "msg", "message";
    /// An offer: an assignment awaiting acceptance, or a transfer request.
    OfferId = "offer", "offer";
    /// A supervisor's silent look at one conversation.
    MonitorSessionId = "mon", "monitor session";
    /// What a supervisor told agents.
    AgentNoticeId = "notice", "notice";
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = ConversationId::new(DateTime::UNIX_EPOCH);
        assert_eq!(id.to_string().parse::<ConversationId>(), Ok(id));
        let json = serde_json_like(&id.to_string());
        assert!(json.starts_with("\"conv_"));
    }

    #[test]
    fn ids_of_one_kind_do_not_tell_how_many_of_another_were_made_between_them() {
        // The count within a millisecond: 12 bits before the variant, 30 after it.
        let count = |id: OfferId| {
            let bits = id.0.as_u128();
            ((bits >> 64) & 0xFFF) << 30 | (bits >> 32) & 0x3FFF_FFFF
        };
        // No other test makes ids of these two kinds.
        for millisecond in 0..1_000 {
            let now = DateTime::UNIX_EPOCH + TimeDelta::milliseconds(millisecond);
            let one = OfferId::new(now);
            let _look = MonitorSessionId::new(now);
            let next = OfferId::new(now);
            assert_eq!(count(next) - count(one), 1);
        }
    }

    #[test]
    fn an_id_has_the_instant_it_is_given() {
        let far = "2100-01-02T03:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
        let id = MonitorSessionId::new(far);
        let (seconds, nanos) = id.0.get_timestamp().unwrap().to_unix();
        let made = DateTime::from_timestamp(seconds.try_into().unwrap(), nanos).unwrap();
        assert!((far - made).abs() < TimeDelta::milliseconds(2), "{made}");
        assert!(MonitorSessionId::new(far) > id);
    }

    fn serde_json_like(text: &str) -> String {
        format!("{text:?}")
    }

    #[test]
    fn an_id_of_another_kind_or_shape_is_refused() {
        let id = AgentId::new(DateTime::UNIX_EPOCH).to_string();
        let expected = InvalidId {
            kind: "conversation",
            prefix: "conv",
        };
        assert_eq!(id.parse::<ConversationId>(), Err(expected.clone()));
        assert_eq!("conv_12".parse::<ConversationId>(), Err(expected.clone()));
        assert_eq!(id.to_uppercase().parse::<ConversationId>(), Err(expected));
    }
}
