//! Random commands: small numbers that become what somebody might ask next.

use proptest::prelude::*;

use super::*;

/// One thing that somebody asks; small numbers that [`Play::command`] makes a command of.
pub type Step = (i64, usize, usize, usize, usize, bool, i8);

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (
        prop_oneof![3 => Just(0i64), 2 => 1..100i64, 1 => 100..1_000i64],
        0..80usize,
        0..150usize,
        0..4usize,
        0..5usize,
        any::<bool>(),
        -10..=10i8,
    );
    prop::collection::vec(step, 1..120)
}

pub fn wrap_up() -> impl Strategy<Value = WrapUpCapacity> {
    let seconds = (1..200u32).prop_map(WrapUpCapacity::Seconds);
    prop_oneof![
        Just(WrapUpCapacity::Always),
        Just(WrapUpCapacity::Never),
        seconds
    ]
}

pub const AGENTS: [AgentId; 5] = [ANNA, BRAM, CARLA, DIRK, harness::ROBO];

/// How many kinds of commands there are in [`Play::command`].
const COMMANDS: usize = 61;

/// A kind of command that is likely to be allowed now.
fn fitting(conversation: &Conversation, what: usize) -> usize {
    let failed = AttentionReason::DeliveryFailed;
    if conversation.attention.contains_key(&failed) && what.is_multiple_of(2) {
        return 54;
    }
    // What was answered last fails now and then.
    if conversation.last_answer.is_some() && what.is_multiple_of(7) {
        return 47;
    }
    let watched = conversation.is_in_conversation() && !conversation.monitors.is_empty();
    if watched && conversation.joined().next().is_none() && what.is_multiple_of(5) {
        return 26;
    }
    let kinds: &[usize] = match (conversation.state, &conversation.offer) {
        (_, Some(_)) => &[12, 13, 15, 39, 48],
        (State::Open, _) => &[9, 27, 27, 29, 4, 5, 42, 48],
        (State::Active, _) => &[
            1, 44, 45, 46, 47, 4, 5, 16, 19, 21, 23, 25, 26, 26, 31, 31, 40, 50, 50, 51, 52, 53,
            55, 55, 23, 26, 26, 54, 59, 60,
        ],
        (State::Waiting, _) => &[1, 17, 31, 39, 50, 51, 57, 58],
        (State::WrapUp, _) => &[44, 47, 20, 23, 39, 41, 43, 50, 52, 57, 59],
        (State::Closed, _) => &[1, 44, 45, 46, 47, 48, 49, 39, 59],
    };
    kinds[what % kinds.len()]
}

/// Tags that come and go, and now and then a priority.
fn labelling(number: usize, flag: bool) -> Act {
    let tag = |number: usize| Tag::new(["vip", "VIP", "late", "refund", "Zoë"][number % 5]);
    let (one, other) = (tag(number), tag(number + 2));
    Act::UpdateConversation(commands::UpdateConversation {
        add_tags: one.into_iter().collect(),
        remove_tags: other.into_iter().collect(),
        priority: flag.then(|| Priority::ALL[number % Priority::ALL.len()]),
        ..commands::UpdateConversation::default()
    })
}

fn rating(whom: usize) -> Act {
    let score = u8::try_from(whom).unwrap() + 1;
    let comment = Some("…".into());
    Act::RecordRating(commands::RecordRating { score, comment })
}

/// The customer agrees or refuses.
fn consenting(flag: bool) -> Act {
    let consent = if flag {
        Consent::Granted
    } else {
        Consent::Denied
    };
    Act::RecordConsent(commands::RecordConsent {
        notice_given_at: None,
        consent: Some(consent),
    })
}

/// An agent closes, and says how it ended or does not.
fn closing(flag: bool) -> Act {
    if !flag {
        return Act::Close;
    }
    Act::CloseAs(commands::Close {
        disposition: Some("solved".into()),
        note: Some("…".into()),
    })
}

/// Attributes that come and go.
fn noting(number: usize, flag: bool) -> Act {
    let key: Arc<str> = ["order", "plan"][number % 2].into();
    let value = format!("{number}").into();
    Act::UpdateConversation(commands::UpdateConversation {
        set_attributes: flag.then(|| (key.clone(), value)).into_iter().collect(),
        remove_attributes: (!flag).then_some(key).into_iter().collect(),
        ..commands::UpdateConversation::default()
    })
}

/// Who watches, and who gives it to agents.
fn pair(flag: bool) -> (Asker, Asker) {
    if flag {
        (sofie(), simon())
    } else {
        (bram_both(), sofie())
    }
}

/// A game of commands: the stage goes on one by one, the images remember every conversation.
pub struct Play {
    pub stage: Stage,
    pub ids: Vec<ConversationId>,
    pub images: HashMap<ConversationId, Arc<Conversation>>,
}

impl Play {
    pub fn new(wrap_up: WrapUpCapacity) -> Self {
        let mut stage = Stage::new();
        stage.tune(QueueKind::Messaging, |workstream| {
            workstream.wrap_up_capacity = wrap_up;
            workstream.auto_close.active_seconds = Some(2_000);
            workstream.auto_close.waiting_seconds = Some(1_000);
            workstream.dispositions = vec![Disposition {
                code: "solved".into(),
                label: "Solved".into(),
            }];
        });
        Self {
            stage,
            ids: Vec::new(),
            images: HashMap::new(),
        }
    }

    /// This agent's token.
    fn of(&self, someone: AgentId) -> Asker {
        if someone == BRAM {
            return bram_both();
        }
        agent(self.stage.world.agents[&someone].subject.as_str())
    }

    /// Who asks: mostly somebody whom the command is for.
    fn asker(who: usize, usual: &Asker) -> Asker {
        let everybody = [
            gateway(),
            anna(),
            bram_both(),
            carla(),
            dirk(),
            robo(),
            sofie(),
            admin(),
        ];
        everybody.get(who).unwrap_or(usual).clone()
    }

    /// The command that these numbers make of what there is now, and who asks for it.
    #[allow(clippy::too_many_lines)] // One arm a command; splitting would hide that the list is whole.
    pub fn command(&mut self, (_, who, what, which, whom, flag, score): Step) -> (Asker, Command) {
        let channel = [
            Channel::WhatsApp,
            Channel::LiveChat,
            Channel::Voice,
            Channel::Record,
        ][which];
        // A new conversation now and then; a closed one is asked for now and then too.
        if what == 0 || self.ids.len() < 2 {
            let start = self.stage.starting(channel);
            return (gateway(), Command::Start(start.into()));
        }
        let recent = self.ids.len().saturating_sub(4);
        let id = self.ids[recent + which % (self.ids.len() - recent)];
        let someone = AGENTS[whom];
        let me = self.of(someone);
        let conversation = self.stage.conversation(id);
        let offered = conversation.offer.as_ref().map(|offer| offer.agent);
        let asked = self.of(offered.unwrap_or(someone));
        let primary = self.of(conversation.primary_agent().unwrap_or(someone));
        let (watcher, supervisor) = pair(flag);
        let target = Target {
            offer: OfferId(self.stage.message().0),
            override_capacity: flag,
            override_declines: flag,
            ..to(someone)
        };
        let supplied =
            MessageScore::supplied(f32::from(score) / 10.0, 1.0, Some("en"), "test", "1");
        let message = self.stage.message();
        let what = if what < COMMANDS {
            what
        } else {
            fitting(&conversation, what)
        };
        let (usual, act) = match what {
            1..=3 => (
                gateway(),
                Act::CustomerMessage(commands::CustomerMessage {
                    score: supplied.ok().map(|score| MessageScore {
                        source: if flag {
                            ScoreSource::Default
                        } else {
                            ScoreSource::Gateway
                        },
                        ..score
                    }),
                    meaning: meaning(score.unsigned_abs()),
                    ..commands::CustomerMessage::of_text(message, "…")
                }),
            ),
            4 => (gateway(), Act::CustomerDisconnected),
            5 => (gateway(), Act::CustomerReconnected),
            6 => (gateway(), Act::EndByCustomer),
            7 => (
                gateway(),
                Act::ChangeMode(commands::ChangeMode(if flag {
                    Mode::Text
                } else {
                    Mode::Video
                })),
            ),
            8 => (gateway(), consenting(flag)),
            9..=11 => (me, Act::Pick),
            12..=14 => (asked, Act::Accept),
            15 => (asked, Act::Reject),
            16 => (primary, Act::SetAside),
            17 => (primary, Act::Reopen),
            18 => (primary, Act::Release),
            19 => (primary, Act::End),
            20 => (primary, closing(flag)),
            21 => (primary, self.stage.writing(None)),
            22 => (if flag { watcher } else { me }, Act::Leave),
            23 | 24 => (watcher, self.stage.watching()),
            25 => (watcher, Act::StopMonitoring),
            26 => (watcher, Act::Join),
            27 | 28 => (
                supervisor,
                Act::AssignToAgent(commands::AssignToAgent(target)),
            ),
            29 => (
                simon(),
                Act::AssignToQueue(commands::AssignToQueue(if flag { SALES } else { SUPPORT })),
            ),
            30 => (simon(), Act::CancelOffer),
            31 | 32 => (supervisor, Act::Transfer(commands::Transfer(target))),
            33 => (simon(), Act::CancelTransfer),
            34 if flag => (simon(), Act::ForceClose),
            40 | 41 => (
                if what == 40 { primary } else { simon() },
                labelling(whom, flag),
            ),
            42 => (gateway(), noting(whom, flag)),
            43 => (gateway(), rating(whom)),
            44..=47 => match self.on_message(what, id, whom, flag, score) {
                Some(command) => return (Self::asker(who, &gateway()), command),
                None => (gateway(), Act::EndByCustomer),
            },
            59 => match self.on_message(what, id, whom, flag, score) {
                Some(command) => return (Self::asker(who, &watcher), command),
                None => (gateway(), Act::EndByCustomer),
            },
            60 => match self.late(id, whom, score) {
                Some(command) => return (Asker::System, command),
                None => (gateway(), Act::EndByCustomer),
            },
            48 => (watcher, self.stage.reviewing()),
            49 => (watcher, Act::StopReview),
            50 => {
                let note = flag.then(|| "…".into());
                let id = message;
                (
                    primary,
                    Act::RequestHelp(commands::RequestHelp { id, note }),
                )
            }
            55 | 56 => {
                let content = Content::text("…");
                let id = message;
                (watcher, Act::Coach(commands::Coach { id, content }))
            }
            51 => (primary, Act::CancelHelp),
            52 => (simon(), Act::AnswerHelp),
            53 => (watcher, self.stage.writing(None)),
            54 => {
                let reason = AttentionReason::DeliveryFailed;
                let act = commands::AcknowledgeAttention(reason);
                (simon(), Act::AcknowledgeAttention(act))
            }
            57 => (
                simon(),
                Act::Requeue(commands::Requeue {
                    queue: flag.then_some(SALES),
                }),
            ),
            58 => (bram_both(), Act::TakeOver),
            _ => return self.of_the_organisation(what, id, someone, flag),
        };
        (
            Self::asker(who, &usual),
            Command::Act {
                conversation: id,
                act,
            },
        )
    }

    /// Something that a gateway says of a message of this conversation, if there is one that it fits.
    fn on_message(
        &self,
        what: usize,
        conversation: ConversationId,
        which: usize,
        flag: bool,
        score: i8,
    ) -> Option<Command> {
        let of_customer = what < 46 || what == 59;
        let fits = |record: &&MessageRecord| {
            record.head.conversation == conversation
                && record.head.visibility == Visibility::Public
                && (record.author == Author::Customer) == of_customer
        };
        let mut there: Vec<_> = self.stage.records.values().filter(fits).collect();
        there.sort_by_key(|record| std::cmp::Reverse(record.head.id));
        let message = there.get(which % there.len().clamp(1, 3))?.head.id;
        let at = flag.then(|| self.stage.now - TimeDelta::seconds(score.into()));
        let score = MessageScore::supplied(f32::from(score) / 10.0, 1.0, None, "test", "1");
        let state = DeliveryState::ALL[which % DeliveryState::ALL.len()];
        let act = match what {
            44 => MessageAct::Edit(commands::Edit {
                text: format!("{which} {flag}").into(),
                attachments: None,
                score: score.ok(),
                meaning: meaning(u8::from(flag) + 1),
                at,
            }),
            45 => MessageAct::Remove(commands::Remove { at }),
            59 => {
                let level = SentimentLevel::ALL[which % SentimentLevel::ALL.len()];
                MessageAct::CorrectSentiment(commands::CorrectSentiment(level))
            }
            46 => {
                let reaction = flag.then(|| "👍".into());
                MessageAct::React(commands::React { reaction, at })
            }
            _ => MessageAct::RecordDelivery(commands::RecordDelivery {
                state,
                external_id: None,
                code: None,
                description: None,
                at,
            }),
        };
        let on = commands::OnMessage {
            message: MessageName::Id(message),
            channel: None,
            act,
        };
        Some(on.into())
    }

    /// What the operator's scorer makes of a message of this conversation.
    fn late(&self, conversation: ConversationId, which: usize, score: i8) -> Option<Command> {
        let fits = |record: &&MessageRecord| {
            record.head.conversation == conversation && record.author == Author::Customer
        };
        let mut there: Vec<_> = self.stage.records.values().filter(fits).collect();
        there.sort_by_key(|record| std::cmp::Reverse(record.head.id));
        let record = there.get(which % there.len().clamp(1, 3))?;
        let score = MessageScore::supplied(f32::from(score) / 10.0, 1.0, None, "theirs", "1");
        Some(Command::LateScore(Box::new(commands::LateScore {
            message: record.head.id,
            text: record.content.text.clone(),
            score: MessageScore {
                source: ScoreSource::Operator,
                ..score.ok()?
            },
        })))
    }

    /// Timers, presence, memberships, settings.
    fn of_the_organisation(
        &mut self,
        what: usize,
        conversation: ConversationId,
        agent: AgentId,
        flag: bool,
    ) -> (Asker, Command) {
        match what {
            35 => {
                let presence = if flag {
                    Presence::Available
                } else {
                    Presence::Away
                };
                (self.of(agent), Command::SetPresence(presence))
            }
            36 if flag => (Asker::System, Command::AgentDisconnected(agent)),
            36 => {
                let who = if agent == BRAM { "bram" } else { "sofie" };
                let later = self.stage.now + TimeDelta::days(366);
                let token = Token::of(who).supervises().until(later);
                let token = match conversation.0.as_u128() % 3 {
                    0 => token,
                    1 => token.without(Permission::Join).without(Permission::Review),
                    _ => token.without(Permission::Monitor),
                };
                (token.asks(), Command::TokenRefreshed)
            }
            37 if flag => {
                let queue = SUPPORT;
                let left = !self.stage.world.agents[&agent].queues.contains(&queue);
                let change = if left {
                    Manage::AddMember(commands::AddMember { agent, queue })
                } else {
                    Manage::RemoveMember(commands::RemoveMember { agent, queue })
                };
                (admin(), Command::Manage(change))
            }
            37 => {
                let threshold = self.ids.len() % AlertThreshold::ALL.len();
                let settings = &self.stage.world.settings;
                let patch = SettingsPatch {
                    supervisor_monitor: Some(!settings.supervisor_monitor),
                    sentiment_analysis: Some(!settings.sentiment_analysis),
                    sentiment_alert_threshold: Some(AlertThreshold::ALL[threshold]),
                    inactive_after_missed_offer: Some(!settings.inactive_after_missed_offer),
                    ..SettingsPatch::default()
                };
                (
                    admin(),
                    Command::Manage(Manage::UpdateSettings(commands::UpdateSettings(patch))),
                )
            }
            38 if flag => (Asker::System, Command::Reassess { after: None }),
            38 => {
                let notify = commands::NotifyAgents {
                    id: AgentNoticeId::new(self.stage.now),
                    to: commands::Notified::Agents(vec![agent]),
                    text: "…".into(),
                };
                (sofie(), Command::NotifyAgents(notify))
            }
            _ => {
                let next = self.stage.conversation(conversation);
                let next = next.timers().min_by_key(|(_, due)| *due);
                let (kind, due) = next.unwrap_or((TimerKind::AutoClose, self.stage.now));
                if flag {
                    self.stage.now = self.stage.now.max(due);
                }
                (Asker::System, Command::TimerDue { conversation, kind })
            }
        }
    }
}

/// What may be read in a message: nothing, thanks, or a threat.
fn meaning(what: u8) -> Meaning {
    let leaves = what % 3 == 2;
    Meaning {
        intent: (what % 3 == 1).then_some(Intent::Closing),
        signals: leaves
            .then_some(EscalationSignal::Leaving)
            .into_iter()
            .collect(),
    }
}
