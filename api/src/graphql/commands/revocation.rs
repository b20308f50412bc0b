//! What the payloads of `revokeToken` and `revokeSubject` have in common.

/// Defines a payload that shows what was taken back.
macro_rules! revocation_payload {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            /// What was taken back; null when refused.
            revocation: Option<crate::graphql::types::revocation::TokenRevocation>,
            /// Where in the event log this is: monitor sessions that ended with it come before. Null when refused.
            as_of: Option<crate::graphql::scalars::Cursor>,
            /// Why it was refused; empty when it was done.
            errors: Vec<crate::graphql::errors::CommandError>,
        }

        impl From<super::Done> for $name {
            fn from(done: super::Done) -> Self {
                Self {
                    revocation: done.outcome.revoked.map(crate::graphql::types::revocation::TokenRevocation),
                    as_of: done.as_of,
                    errors: done.errors,
                }
            }
        }
    };
}
pub(super) use revocation_payload;
