//! Check 9: what an act asks of the conversation and of who asks.

use super::customers;
use super::judge::{Check, any_of, refuse, role_of};
use crate::model::command::Act;
use crate::model::people::Person;
use crate::model::world::{Conversation, World, is_asynchronous, is_bot};

const STATE: &str = "INVALID_STATE";
const CHANNEL: &str = "CHANNEL_NOT_SUPPORTED";

impl World {
    /// Check 9.
    pub(super) fn fits(&self, person: &Person, on: &Conversation, act: &Act) -> Check {
        match role_of(act) {
            "AGENT" => self.fits_agent(person, on, act),
            "SUPERVISOR" => fits_supervisor(person, on, act),
            "CUSTOMER_GATEWAY" => match act {
                Act::Rate(_) => self.rates(on),
                _ => fits_gateway(on, act),
            },
            "HANDLER" => customers::labels_fit(person, on),
            "" => fits_both(person, on, act),
            other => panic!("no role {other}"),
        }
    }

    fn fits_agent(&self, person: &Person, on: &Conversation, act: &Act) -> Check {
        let me = Some(person.subject);
        let offered_to_me = on.offer.as_ref().is_some_and(|offer| Some(offer.to) == me);
        match act {
            Act::Pick => {
                let open = on.state == "OPEN";
                refuse(!open && on.state != "WRAP_UP", "ALREADY_ASSIGNED")?;
                any_of(&[(!open, "ALREADY_ASSIGNED"), (!open, STATE)])?;
                let stranger = !self.member(person.subject, on.queue);
                any_of(&[
                    (stranger, "NOT_PARTICIPANT"),
                    (stranger, "OUT_OF_SCOPE"),
                    (stranger, "NOT_FOUND"),
                    (stranger, "TARGET_NOT_IN_QUEUE"),
                ])
            }
            Act::Accept | Act::Reject => refuse(!offered_to_me, "NO_PENDING_OFFER"),
            Act::SetAside => {
                refuse(on.primary != me, "NOT_PARTICIPANT")?;
                any_of(&[
                    (!on.accepted(), STATE),
                    (!is_asynchronous(on.channel), CHANNEL),
                    (is_bot(person.subject), "PRIMARY_IS_BOT"),
                ])
            }
            Act::Reopen => {
                refuse(on.primary != me, "NOT_PARTICIPANT")?;
                any_of(&[
                    (!matches!(on.state, "WAITING" | "WRAP_UP"), STATE),
                    (!is_asynchronous(on.channel), CHANNEL),
                    (is_bot(person.subject), "PRIMARY_IS_BOT"),
                ])
            }
            Act::Release | Act::End => {
                refuse(on.primary != me, "NOT_PARTICIPANT")?;
                refuse(!on.accepted(), STATE)
            }
            Act::Close => {
                refuse(on.primary != me, "NOT_PARTICIPANT")?;
                refuse(on.state != "WRAP_UP", STATE)
            }
            Act::RequestHelp { .. } => {
                refuse(on.primary != me, "NOT_PARTICIPANT")?;
                refuse(is_bot(person.subject), "PRIMARY_IS_BOT")
            }
            Act::CancelHelp => {
                refuse(on.primary != me, "NOT_PARTICIPANT")?;
                refuse(!on.help, "HELP_NOT_REQUESTED")
            }
            _ => panic!("{act:?} is not an agent's"),
        }
    }
}

fn fits_supervisor(person: &Person, on: &Conversation, act: &Act) -> Check {
    let me = Some(person.subject);
    let transfers = on.offer.as_ref().is_some_and(|offer| offer.transfer);
    let record = on.channel == "RECORD";
    let messaging = is_messaging(on);
    match act {
        Act::Monitor => {
            let state = !on.accepted() && on.state != "WRAP_UP";
            any_of(&[
                (state, STATE),
                (!state && record, CHANNEL),
                (on.primary == me, "OWN_CONVERSATION"),
            ])?;
            noticed(on)
        }
        Act::Review => {
            customers::reviews(person, on)?;
            noticed(on)
        }
        Act::StopReview => {
            let reviews = on.reviews.contains_key(person.subject);
            refuse(!reviews, "NOT_MONITORING")
        }
        Act::Join => {
            refuse(!on.accepted(), STATE)?;
            refuse(record, CHANNEL)?;
            let looks = on.looks.contains_key(person.subject);
            any_of(&[
                (on.primary == me, "OWN_CONVERSATION"),
                (!looks, "NOT_MONITORING"),
            ])
        }
        Act::Stop => {
            let looks = on.looks.contains_key(person.subject);
            refuse(!looks, "NOT_MONITORING")
        }
        Act::ForceClose => refuse(record, CHANNEL),
        Act::CancelOffer => refuse(on.offer.is_none() || transfers, "NO_PENDING_OFFER"),
        Act::CancelTransfer => refuse(!transfers, "NO_PENDING_OFFER"),
        Act::Assign { .. } | Act::Move { .. } => {
            let wrap_up = on.state == "WRAP_UP";
            any_of(&[(on.state != "OPEN", "ALREADY_ASSIGNED"), (wrap_up, STATE)])?;
            refuse(record, CHANNEL)
        }
        Act::Transfer { .. } => {
            refuse(!on.accepted() && on.state != "WAITING", STATE)?;
            let bot = on.primary.is_some_and(is_bot);
            any_of(&[
                (!messaging, CHANNEL),
                (messaging && on.mode != "TEXT", "MODE_NOT_SUPPORTED"),
                (bot, "PRIMARY_IS_BOT"),
                (transfers, "OFFER_PENDING"),
            ])
        }
        _ => fits_hands(person, on, act),
    }
}

/// Section 13.
fn fits_hands(person: &Person, on: &Conversation, act: &Act) -> Check {
    let me = Some(person.subject);
    let offered = on.offer.as_ref().is_some_and(|offer| !offer.transfer);
    let goes_on = on.accepted() || on.state == "WAITING";
    match act {
        Act::Requeue { .. } => {
            let record = on.channel == "RECORD";
            let ended = on.state == "WRAP_UP";
            let over = ended && !is_asynchronous(on.channel);
            any_of(&[
                (record || over, CHANNEL),
                (offered, "OFFER_PENDING"),
                (!goes_on && !ended && !offered, STATE),
            ])
        }
        Act::TakeOver => {
            any_of(&[
                (!is_messaging(on), CHANNEL),
                (offered, "OFFER_PENDING"),
                (!goes_on && !offered, STATE),
                (goes_on && on.mode != "TEXT", "MODE_NOT_SUPPORTED"),
            ])?;
            refuse(!person.is("AGENT") || !person.has_row(), "AGENT_ROW_NEEDED")?;
            refuse(on.primary == me, "ALREADY_PRIMARY")
        }
        Act::Coach(_) => {
            let looks = on.looks.contains_key(person.subject);
            let bot = on.primary.is_some_and(is_bot);
            refuse(!looks, "NOT_MONITORING")?;
            refuse(bot, "PRIMARY_IS_BOT")
        }
        Act::AnswerHelp => any_of(&[
            (on.primary == me, "OWN_CONVERSATION"),
            (!on.help, "HELP_NOT_REQUESTED"),
        ]),
        Act::Acknowledge(reason) => refuse(!on.attention().contains(reason), STATE),
        _ => panic!("{act:?} is not a supervisor's"),
    }
}

/// What the workstream asks for before anybody watches.
fn noticed(on: &Conversation) -> Check {
    let consent = on.workstream.notice == "CONSENT_REQUIRED";
    let notice = consent || on.workstream.notice == "NOTICE";
    any_of(&[
        (notice && !on.notice, "NOTICE_NOT_GIVEN"),
        (consent && on.consent != "GRANTED", "CONSENT_NOT_GRANTED"),
    ])
}

fn fits_gateway(on: &Conversation, act: &Act) -> Check {
    match act {
        Act::Disconnect | Act::Reconnect => {
            let away = on.away.is_some();
            let wrong = away == matches!(act, Act::Disconnect);
            let wrap_up = on.state == "WRAP_UP";
            any_of(&[
                (on.channel != "LIVE_CHAT", CHANNEL),
                (on.channel == "LIVE_CHAT" && (wrong || wrap_up), STATE),
            ])
        }
        Act::CustomerEnds => refuse(on.state == "WRAP_UP", STATE),
        Act::Mode(mode) => any_of(&[
            (!on.accepted(), STATE),
            (!is_messaging(on), CHANNEL),
            (
                is_messaging(on) && on.accepted() && on.mode == *mode,
                "MODE_NOT_SUPPORTED",
            ),
        ]),
        Act::CustomerWrites { .. } | Act::Consent { .. } => Ok(()),
        _ => panic!("{act:?} is not a gateway's"),
    }
}

fn fits_both(person: &Person, on: &Conversation, act: &Act) -> Check {
    match act {
        Act::Leave => {
            let takes_part =
                on.consultants.contains(person.subject) || on.joined().contains(person.subject);
            refuse(!takes_part, "NOT_PARTICIPANT")
        }
        Act::Send { visibility, .. } => sends(person, on, *visibility),
        _ => panic!("{act:?} is not for agents and supervisors alike"),
    }
}

fn is_messaging(on: &Conversation) -> bool {
    !matches!(on.channel, "RECORD" | "VOICE")
}

/// Who may write what.
fn sends(person: &Person, on: &Conversation, visibility: Option<&str>) -> Check {
    if on.handled_by(person) {
        return Ok(());
    }
    let public = visibility == Some("PUBLIC");
    match on.looks.get(person.subject) {
        Some(look) if look.joined || !public => Ok(()),
        Some(_) => Err(vec!["NOT_PARTICIPANT"]),
        None => any_of(&[
            (person.is("AGENT") || public, "NOT_PARTICIPANT"),
            (person.is("SUPERVISOR"), "NOT_MONITORING"),
        ]),
    }
}
