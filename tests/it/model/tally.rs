//! What was covered: how often each mutation came to what.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use domain::AuditedAction;

/// Every mutation that the model knows.
pub const MUTATIONS: &[&str] = &[
    "acceptOffer",
    "acknowledgeAttention",
    "addQueueMember",
    "answerHelp",
    "assignConversation",
    "bulkAction",
    "cancelHelp",
    "cancelOffer",
    "cancelTransfer",
    "changeMode",
    "closeConversation",
    "coachAgent",
    "customerDisconnected",
    "customerReconnected",
    "drainAgent",
    "editCustomerMessage",
    "endByCustomer",
    "endConversation",
    "forceCloseConversation",
    "joinConversation",
    "leaveConversation",
    "mergeCustomers",
    "monitorConversation",
    "pickConversation",
    "reactToMessage",
    "receiveCustomerMessage",
    "receiveFromCustomer",
    "recordConsent",
    "recordDelivery",
    "recordRating",
    "rejectOffer",
    "releaseConversation",
    "removeCustomerMessage",
    "removeQueueMember",
    "reopenConversation",
    "requestHelp",
    "requeueConversation",
    "reviewConversation",
    "sendMessage",
    "setAsideConversation",
    "setPresence",
    "startConversation",
    "stopMonitoring",
    "stopReview",
    "takeOverConversation",
    "transferConversation",
    "updateConversation",
    "updateCustomer",
    "updateSupervisorSettings",
];

/// What the model does not know: the organisation stays as it began, but for settings and memberships, and nobody is
/// erased.
const LEFT_OUT: &[&str] = &[
    "acknowledgeMonitoringNotice",
    "correctSentiment",
    "createAgent",
    "createQueue",
    "createWorkstream",
    "deleteAgent",
    "deleteQueue",
    "deleteWorkstream",
    "eraseCustomer",
    "notifyAgents",
    "readEarlierConversation",
    "revokeSubject",
    "revokeToken",
    "updateAgent",
    "updateQueue",
    "updateWorkstream",
];

/// The registry's mutations, and the one that the audit does not know, are each known here or left out on purpose.
#[test]
fn the_model_knows_every_mutation_or_says_that_it_leaves_it_out() {
    let registry = AuditedAction::ALL.iter().map(|action| action.as_str());
    // What the command line does is no mutation.
    let registry = registry.filter(|name| *name != "export");
    let registry: BTreeSet<_> = registry.chain(["setPresence"]).collect();
    let known: BTreeSet<_> = MUTATIONS.iter().chain(LEFT_OUT).copied().collect();
    let missing: Vec<_> = registry.difference(&known).collect();
    assert!(
        missing.is_empty(),
        "give these an `Act` (and a line in `ACTS`), or leave them out on purpose: {missing:?}"
    );
    let gone: Vec<_> = known.difference(&registry).collect();
    assert!(gone.is_empty(), "there are no such mutations: {gone:?}");
    let both = MUTATIONS.iter().find(|one| LEFT_OUT.contains(one));
    assert_eq!(both, None);
}

/// Every code of section 9 that the model can come to.
pub const CODES: &[&str] = &[
    "AGENT_ROW_NEEDED",
    "AGENT_UNKNOWN",
    "ALREADY_ASSIGNED",
    "ALREADY_PRIMARY",
    "API_ACCESS_CONFLICT",
    "CAPACITY_EXCEEDED",
    "CHANNEL_NOT_SUPPORTED",
    "CONSENT_NOT_GRANTED",
    "CONVERSATION_CLOSED",
    "DECLINED_TOO_OFTEN",
    "HELP_NOT_REQUESTED",
    "IDEMPOTENCY_KEY_REUSED",
    "INVALID_INPUT",
    "INVALID_STATE",
    "MESSAGE_NOT_FOUND",
    "MODE_NOT_SUPPORTED",
    "NOTICE_NOT_GIVEN",
    "NOT_FOUND",
    "NOT_MONITORING",
    "NOT_PARTICIPANT",
    "NO_PENDING_OFFER",
    "OFFER_PENDING",
    "OUT_OF_SCOPE",
    "OWN_CONVERSATION",
    "PERMISSION_MISSING",
    "PRESENCE_NOT_ALLOWED",
    "PRIMARY_IS_BOT",
    "QUEUE_KIND_MISMATCH",
    "RATING_NOT_POSSIBLE",
    "ROLE_REQUIRED",
    "SETTING_DISABLED",
    "TARGET_IS_BOT",
    "TARGET_IS_PRIMARY",
    "TARGET_NOT_FOUND",
    "TARGET_NOT_IN_QUEUE",
    "TARGET_QUEUE_IS_CURRENT",
    "VERSION_CONFLICT",
];

/// How often each mutation came to what.
#[derive(Default)]
pub struct Tally(BTreeMap<(String, String), usize>);

impl Tally {
    pub fn count(&mut self, mutation: &str, outcome: String) {
        *self.0.entry((mutation.to_owned(), outcome)).or_default() += 1;
    }

    pub fn add(&mut self, other: Self) {
        for (key, count) in other.0 {
            *self.0.entry(key).or_default() += count;
        }
    }

    fn sum(&self, which: impl Fn(&str, &str) -> bool) -> usize {
        let all = self.0.iter();
        let chosen = all.filter(|((mutation, outcome), _)| which(mutation, outcome));
        chosen.map(|(_, count)| count).sum()
    }

    /// What never happened, of what must.
    pub fn missing(&self) -> Vec<&'static str> {
        let undone = MUTATIONS.iter().copied();
        let undone = undone
            .filter(|one| self.sum(|mutation, outcome| mutation == *one && outcome == "DONE") == 0);
        let unheard = CODES.iter().copied();
        let unheard = unheard.filter(|one| self.sum(|_, outcome| outcome == *one) == 0);
        let never = self.sum(|_, outcome| outcome == "REPEAT") == 0;
        undone
            .chain(unheard)
            .chain(never.then_some("REPEAT"))
            .collect()
    }

    /// The figures, as text.
    pub fn text(&self) -> String {
        let all = self.sum(|_, _| true);
        let done = self.sum(|_, outcome| outcome == "DONE");
        let repeated = self.sum(|_, outcome| outcome == "REPEAT");
        let mut text = format!(
            "commands {all}, done {done}, repeated {repeated}, refused {}\n",
            all - done - repeated
        );
        text.push_str("done, by mutation:\n");
        for mutation in MUTATIONS.iter().chain(&["time"]) {
            let count = self.sum(|one, outcome| one == *mutation && outcome == "DONE");
            let refused = self
                .sum(|one, outcome| one == *mutation && outcome != "DONE" && outcome != "REPEAT");
            let _ = writeln!(text, "  {mutation}: {count}, refused {refused}");
        }
        text.push_str("refused, by code:\n");
        for code in CODES {
            let _ = writeln!(
                text,
                "  {code}: {}",
                self.sum(|_, outcome| outcome == *code)
            );
        }
        text
    }
}
