//! What will happen to a conversation if nobody interferes: chosen once, when it starts.

use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, rngs::StdRng};

use crate::demo::dialogues::{Dialogue, Language, Line, Who};

/// Names of customers by their language.
pub(in crate::demo) const ENGLISH: [&str; 10] = [
    "Alice Harper",
    "Ben Lawson",
    "Chloe Turner",
    "David Okafor",
    "Emily Stone",
    "Farah Khan",
    "George Mills",
    "Hannah Price",
    "Ian Doyle",
    "Jo Miller",
];
pub(in crate::demo) const DUTCH: [&str; 10] = [
    "Anouk Jansen",
    "Bas Vermeer",
    "Carla de Boer",
    "Dennis Peters",
    "Esmee van Leeuwen",
    "Fatima El Idrissi",
    "Gijs Hendriks",
    "Hilde Kuipers",
    "Ivo Brouwer",
    "Joost Mol",
];

/// Channels of messaging, the more usual ones more than once.
pub(in crate::demo) const MESSAGING: [&str; 12] = [
    "LIVE_CHAT",
    "LIVE_CHAT",
    "LIVE_CHAT",
    "LIVE_CHAT",
    "WHATSAPP",
    "WHATSAPP",
    "WHATSAPP",
    "SMS",
    "FACEBOOK",
    "TEAMS",
    "APPLE_MESSAGES",
    "PERSISTENT_CHAT",
];

/// The choices for one conversation. Turns are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // Independent choices, not states.
pub(super) struct Story {
    pub(super) channel: &'static str,
    pub(super) customer: &'static str,
    /// Nobody picks it: somebody has to assign it, or the customer leaves in the end.
    pub(super) forgotten: bool,
    /// A bot takes it first and hands it over to people.
    pub(super) bot_first: bool,
    /// The agent sets it aside before this turn.
    pub(super) set_aside_at: Option<usize>,
    /// The live-chat customer's connection breaks before this turn.
    pub(super) breaks_at: Option<usize>,
    /// The agent gives it back to its queue before this turn.
    pub(super) released_at: Option<usize>,
    /// The customer ends it, not the agent.
    pub(super) customer_ends: bool,
    /// Whether the customer was told that conversations may be watched.
    pub(super) told: bool,
    /// What the customer answered when asked for consent.
    pub(super) consent: &'static str,
    /// How the customer rates it in the end, if at all.
    pub(super) rating: Option<u8>,
    /// The agent asks the supervisors for help before this turn.
    pub(super) help_at: Option<usize>,
    /// The customer writes once more after the contact ended.
    pub(super) writes_late: bool,
}

impl Story {
    /// Chooses. The number of draws does not depend on what is drawn, so that one choice that
    /// changes with a later version leaves the others as they are.
    pub(super) fn choose(dialogue: &Dialogue, forgotten: bool, rng: &mut StdRng) -> Self {
        let messaging = *MESSAGING.choose(rng).unwrap_or(&"LIVE_CHAT");
        let names = match dialogue.language {
            Language::English => &ENGLISH,
            Language::Dutch => &DUTCH,
        };
        let customer = *names.choose(rng).unwrap_or(&"");
        let mut chance = |percent: u32| rng.random_ratio(percent, 100);
        let (bot, aside, breaks, released) = (chance(25), chance(45), chance(40), chance(6));
        let (customer_ends, told) = (chance(30), chance(95));
        let consent = rng.random_range(0..100);
        let (rates, rating) = (rng.random_ratio(60, 100), rating(dialogue, rng));
        let (helped, late) = (rng.random_ratio(15, 100), rng.random_ratio(20, 100));

        let is_voice = dialogue.line == Line::Voice;
        let channel = match dialogue.labels.channel {
            _ if is_voice => "VOICE",
            Some(channel) => channel,
            None => messaging,
        };
        let is_asynchronous = !is_voice && channel != "LIVE_CHAT";
        let turns = dialogue.turns.len();
        let customers_turn = |from: usize| {
            let turns = dialogue.turns.iter().enumerate().skip(from);
            turns
                .filter(|(_, turn)| turn.who == Who::Customer)
                .map(|(index, _)| index)
                .next()
        };
        Self {
            channel,
            customer,
            forgotten,
            bot_first: bot && !forgotten && !is_voice && dialogue.line != Line::Vip,
            set_aside_at: customers_turn(turns / 2).filter(|_| aside && is_asynchronous),
            breaks_at: Some(turns / 2).filter(|_| breaks && channel == "LIVE_CHAT"),
            released_at: Some(turns / 3 + 1).filter(|_| released),
            customer_ends,
            told,
            consent: match consent {
                0..65 => "GRANTED",
                65..80 => "DENIED",
                _ => "UNKNOWN",
            },
            rating: Some(rating).filter(|_| rates && !is_voice),
            help_at: Some(turns / 2).filter(|_| helped),
            writes_late: late && is_asynchronous,
        }
    }

    /// Whether the channel says how far a message to the customer came.
    pub(super) fn reports_delivery(&self) -> bool {
        reports_delivery(self.channel)
    }
}

/// How a customer rates this dialogue: as is usual for it, or one better or worse.
pub(in crate::demo) fn rating(dialogue: &Dialogue, rng: &mut StdRng) -> u8 {
    let around = (dialogue.labels.rating + rng.random_range(0..3)).saturating_sub(1);
    around.clamp(1, 5)
}

/// Whether the channel says how far a message to the customer came.
pub(in crate::demo) fn reports_delivery(channel: &str) -> bool {
    matches!(channel, "WHATSAPP" | "SMS" | "FACEBOOK" | "APPLE_MESSAGES")
}
