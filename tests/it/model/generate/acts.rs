//! Acts on a conversation: how often each is tried, by whom, and with what.

use super::Generator;
use crate::model::carried::{Deed, Labels};
use crate::model::command::{Act, Overrides};
use crate::model::world::Conversation;

/// Makes up an act of a kind on a conversation.
pub(super) type Make = fn(&mut Generator, &Conversation) -> Act;

/// How often each act is tried, beside the others.
pub(super) const ACTS: &[(Make, usize)] = &[
    (|_, _| Act::Pick, 8),
    (|_, _| Act::Accept, 12),
    (|_, _| Act::Reject, 9),
    (|_, _| Act::SetAside, 5),
    (|_, _| Act::Reopen, 3),
    (|_, _| Act::Release, 3),
    (|_, _| Act::End, 3),
    (|_, _| Act::Close, 3),
    (|_, _| Act::Leave, 3),
    (|_, _| Act::Monitor, 12),
    (|_, _| Act::Stop, 2),
    (|_, _| Act::Join, 10),
    (|_, _| Act::ForceClose, 1),
    (|_, _| Act::CancelOffer, 2),
    (|_, _| Act::CancelTransfer, 1),
    (Generator::assign, 16),
    (Generator::shift, 3),
    (Generator::transfer, 14),
    (Generator::requeue, 4),
    (|_, _| Act::TakeOver, 8),
    (Generator::coach, 6),
    (Generator::help, 6),
    (|_, _| Act::CancelHelp, 2),
    (|_, _| Act::AnswerHelp, 3),
    (Generator::acknowledge, 4),
    (Generator::send, 5),
    (Generator::writes, 5),
    (Generator::deed, 16),
    (Generator::rate, 3),
    (Generator::label, 5),
    (|_, _| Act::Review, 6),
    (|_, _| Act::StopReview, 2),
    (|_, _| Act::Disconnect, 3),
    (|_, _| Act::Reconnect, 2),
    (|_, _| Act::CustomerEnds, 1),
    (Generator::mode, 2),
    (Generator::consent, 4),
];

impl Generator {
    pub(super) fn doer(&mut self, on: &Conversation, act: &Act) -> &'static str {
        let concerned: Vec<&'static str> = match act {
            Act::Pick => vec!["anna", "bert", "cora", "robo"],
            Act::Accept | Act::Reject => on.offer.iter().map(|offer| offer.to).collect(),
            Act::SetAside
            | Act::Reopen
            | Act::Release
            | Act::End
            | Act::Close
            | Act::RequestHelp { .. }
            | Act::CancelHelp => on.primary.into_iter().collect(),
            Act::Leave => on.consultants.iter().copied().chain(on.joined()).collect(),
            Act::Send { .. } => on
                .consultants
                .iter()
                .copied()
                .chain(on.primary)
                .chain(on.looks.keys().copied())
                .collect(),
            Act::Join | Act::Stop | Act::Coach(_) => on.looks.keys().copied().collect(),
            Act::StopReview => on.reviews.keys().copied().collect(),
            Act::Review => vec!["sam", "sam", "max", "cora", "sue"],
            Act::Label(_) => {
                let mut these = vec!["web", "phone", "sam", "cora", "sue"];
                these.extend(on.primary);
                these
            }
            Act::Message(_, Deed::React { .. }) => ["web", "phone"]
                .into_iter()
                .chain(on.consultants.iter().copied())
                .chain(on.primary)
                .chain(on.looks.keys().copied())
                .collect(),
            Act::Message(..)
            | Act::Rate(_)
            | Act::CustomerWrites { .. }
            | Act::Disconnect
            | Act::Reconnect
            | Act::CustomerEnds
            | Act::Mode(_)
            | Act::Consent { .. } => {
                vec!["web", "phone"]
            }
            Act::TakeOver => vec!["cora", "cora", "cora", "sam"],
            Act::AnswerHelp | Act::Acknowledge(_) => vec!["sam", "sue", "max", "mia", "joe"],
            Act::Monitor => vec!["sam", "sue", "sue", "max", "cora", "mia"],
            Act::ForceClose
            | Act::CancelOffer
            | Act::CancelTransfer
            | Act::Assign { .. }
            | Act::Move { .. }
            | Act::Requeue { .. }
            | Act::Transfer { .. } => vec!["sam", "sam", "sam", "sue", "max", "cora"],
        };
        let concerned = if concerned.is_empty() {
            vec!["anna", "sam"]
        } else {
            concerned
        };
        self.anybody(&concerned, 85)
    }

    fn overrides(&mut self) -> Overrides {
        Overrides {
            presence: self.chance(30),
            capacity: self.chance(40),
            declines: self.chance(25),
        }
    }

    /// Whom: sometimes who declined it already.
    fn agent(&mut self, on: &Conversation) -> &'static str {
        let declined: Vec<_> = on.declines.keys().copied().collect();
        if !declined.is_empty() && self.chance(70) {
            return self.pick(&declined);
        }
        match self.below(20) {
            0 => "robo",
            1 => "ghost",
            _ => self.pick(&["anna", "bert", "cora"]),
        }
    }

    fn assign(&mut self, on: &Conversation) -> Act {
        Act::Assign {
            to: self.agent(on),
            overrides: self.overrides(),
        }
    }

    fn shift(&mut self, _: &Conversation) -> Act {
        let to = self.pick(&["A", "A", "B", "B", "C", "V", "W", "R", "nowhere"]);
        Act::Move { to }
    }

    fn requeue(&mut self, _: &Conversation) -> Act {
        let to = self.pick(&[
            None,
            None,
            None,
            Some("A"),
            Some("B"),
            Some("V"),
            Some("nowhere"),
        ]);
        Act::Requeue { to }
    }

    fn coach(&mut self, _: &Conversation) -> Act {
        Act::Coach(if self.chance(4) {
            " "
        } else {
            "Offer a refund."
        })
    }

    fn help(&mut self, _: &Conversation) -> Act {
        let note = self.pick(&[None, Some("May I refund this?")]);
        Act::RequestHelp { note }
    }

    fn acknowledge(&mut self, _: &Conversation) -> Act {
        let failed = "DELIVERY_FAILED";
        let others = ["ESCALATION_SIGNAL", "HELP_REQUESTED"];
        Act::Acknowledge(if self.chance(90) {
            failed
        } else {
            self.pick(&others)
        })
    }

    /// What is done to many.
    pub(super) fn of_many(&mut self, on: &Conversation) -> Act {
        match self.below(12) {
            0..=3 => self.requeue(on),
            4..=6 => self.assign(on),
            7 => self.shift(on),
            8 => Act::ForceClose,
            9 => Act::Label(Labels {
                priority: Some("HIGH"),
                ..Labels::default()
            }),
            _ => Act::Label(Labels {
                add: Some("VIP"),
                ..Labels::default()
            }),
        }
    }

    fn transfer(&mut self, on: &Conversation) -> Act {
        let overrides = Overrides {
            presence: false,
            ..self.overrides()
        };
        Act::Transfer {
            to: self.agent(on),
            overrides,
        }
    }

    fn send(&mut self, _: &Conversation) -> Act {
        let text = if self.chance(4) {
            " \n"
        } else {
            "I will look."
        };
        let visibility = self.pick(&[Some("PUBLIC"), Some("INTERNAL"), None]);
        Act::Send { visibility, text }
    }

    fn writes(&mut self, _: &Conversation) -> Act {
        let text = if self.chance(4) { "" } else { "Hello?" };
        let external = self.external();
        Act::CustomerWrites { text, external }
    }

    /// Something is done to a message that somebody wrote.
    fn deed(&mut self, on: &Conversation) -> Act {
        let all = on.messages.iter().enumerate();
        let written =
            all.filter(|(_, message)| message.system.is_none() && message.coaches.is_none());
        let written: Vec<usize> = written.map(|(place, _)| place).collect();
        if written.is_empty() {
            return self.writes(on);
        }
        let place = self.pick(&written);
        let late = self.chance(25);
        let report = if on.messages[place].is_answer() {
            70
        } else {
            3
        };
        let deed = match self.below(100) {
            of if of < report => {
                let states = ["SENT", "DELIVERED", "READ", "FAILED", "FAILED", "PENDING"];
                Deed::Report(self.pick(&states))
            }
            of if of < report + 15 => Deed::React {
                reaction: self.pick(&[Some("👍"), Some("😡"), None]),
                late,
            },
            of if of < 88 => Deed::Edit {
                text: self.pick(&["Where is it?", "Where is my order?", "Never mind."]),
                late,
            },
            _ => Deed::Remove,
        };
        Act::Message(place, deed)
    }

    fn rate(&mut self, _: &Conversation) -> Act {
        Act::Rate(self.pick(&[1, 3, 5, 5, 6]))
    }

    fn label(&mut self, _: &Conversation) -> Act {
        let tags = [None, Some("late"), Some("VIP")];
        let (add, order) = (
            self.pick(&tags),
            self.pick(&[None, Some("A-1"), Some("A-2")]),
        );
        let remove = self
            .pick(&[None, None, Some("vip")])
            .filter(|_| add != Some("VIP"));
        let priority = self.pick(&[None, None, Some("LOW"), Some("URGENT")]);
        let labels = Labels {
            add,
            remove,
            priority,
            order,
        };
        Act::Label(match labels {
            Labels {
                add: None,
                remove: None,
                priority: None,
                order: None,
            } => Labels {
                add: Some("vip"),
                ..labels
            },
            labels => labels,
        })
    }

    fn mode(&mut self, _: &Conversation) -> Act {
        Act::Mode(self.pick(&["TEXT", "TEXT", "VOICE", "VIDEO"]))
    }

    fn consent(&mut self, _: &Conversation) -> Act {
        let consents = [
            Some("GRANTED"),
            Some("GRANTED"),
            Some("DENIED"),
            Some("UNKNOWN"),
            None,
        ];
        Act::Consent {
            consent: self.pick(&consents),
            notice: self.chance(40),
        }
    }
}
