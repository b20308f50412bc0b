//! What a load does, and of that what supervisors do with their own hands (domain.md section 13). What is done to many is an
//! order for each: `crash/many.rs` has its own proof.

use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use serde_json::json;

use super::{Floor, Known};
use crate::proof::cast::Person;
use crate::proof::client::Command;

/// What must have been done at least once for the proof to say something of it. Help is seldom asked for where it is then
/// taken back or answered, and a delivery that failed seldom acknowledged: these are played too.
pub const DEEDS: [&str; 31] = [
    "startConversation",
    "receiveCustomerMessage",
    "receiveFromCustomer",
    "editCustomerMessage",
    "removeCustomerMessage",
    "reactToMessage",
    "recordDelivery",
    "recordRating",
    "updateConversation",
    "sendMessage",
    "assignConversation",
    "cancelOffer",
    "acceptOffer",
    "rejectOffer",
    "pickConversation",
    "monitorConversation",
    "joinConversation",
    "stopMonitoring",
    "transferConversation",
    "setAsideConversation",
    "reopenConversation",
    "releaseConversation",
    "endConversation",
    "closeConversation",
    "forceCloseConversation",
    "setPresence",
    "updateSupervisorSettings",
    "requeueConversation",
    "takeOverConversation",
    "coachAgent",
    "requestHelp",
];

impl Floor {
    /// Who looks after this conversation: mostly the same supervisor.
    pub(super) fn mind(&self, one: &Known, rng: &mut StdRng) -> &Person {
        let supervisors = &self.cast.supervisors;
        let mind = usize::from(one.id.as_bytes()[one.id.len() - 1]) % supervisors.len();
        if rng.random_bool(0.8) {
            &supervisors[mind]
        } else {
            supervisors.choose(rng).unwrap()
        }
    }

    /// What a supervisor might take, give back or say, and an agent ask for.
    pub(super) fn hand(&self, one: &Known, rng: &mut StdRng) -> Command {
        let cast = &self.cast;
        let sam = self.mind(one, rng);
        let own = one.agent.as_deref().and_then(|id| cast.agent(id));
        let own = own.unwrap_or_else(|| cast.agents.choose(rng).unwrap());
        let mut input = json!({ "conversationId": one.id });
        let (who, mutation) = match rng.random_range(0..12) {
            0..2 => (sam, "requeueConversation"),
            2..4 => (cast.leads.choose(rng).unwrap(), "takeOverConversation"),
            4..7 => {
                input["text"] = json!("Offer a refund");
                (sam, "coachAgent")
            }
            7..9 => (own, "requestHelp"),
            9 => (own, "cancelHelp"),
            10 => (sam, "answerHelp"),
            _ => {
                input["attentionReason"] = json!("DELIVERY_FAILED");
                (sam, "acknowledgeAttention")
            }
        };
        self.command(who, mutation, input)
    }
}
