//! `recordConsent`: its input, its payload and its resolver.

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};

use super::input::conversation_inputs;
use super::{act, payloads};
use domain::Consent;
use domain::{Act, Action, Refusal, commands};

conversation_inputs! {
    /// What the customer was told and answered; at least one of the two.
    RecordConsentInput {
        /// When the customer was told that conversations may be watched. Up to 5 minutes ahead of Regie's clock it is kept as
        /// it is; what is further ahead is INVALID_INPUT.
        notice_given_at: Option<DateTime<Utc>>,
        /// What the customer answered.
        consent: Option<Consent>,
    }
}

payloads! {
    /// What came of recording.
    RecordConsentPayload {}
}

#[derive(Default)]
pub(super) struct RecordConsentMutation;

#[Object]
impl RecordConsentMutation {
    /// Record what the customer was told and answered about being watched. Withdrawn consent ends
    /// running monitor sessions where the workstream requires it. Accepted in CLOSED too, where it raises no version.
    async fn record_consent(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the customer was told and answered; at least one of the two.")]
        input: RecordConsentInput,
    ) -> Result<RecordConsentPayload> {
        let parse = |input: &RecordConsentInput| {
            if input.notice_given_at.is_none() && input.consent.is_none() {
                let problem = "give noticeGivenAt, consent or both".to_owned();
                return Err(Refusal::InvalidInput {
                    path: "input",
                    problem,
                });
            }
            Ok(Act::RecordConsent(commands::RecordConsent {
                notice_given_at: input.notice_given_at,
                consent: input.consent,
            }))
        };
        Ok(act(ctx, Action::RecordConsent, &input, parse).await?.into())
    }
}
