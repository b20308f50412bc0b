//! Every state with every command: the outcome, kept as a snapshot and read against the table of
//! domain.md section 2. One channel is written out; of the others only what differs.
//!
//! A line has the command, then the refusal's code, or the state, reason, by how much the version
//! rose, the types of the events, and whose capacity changed.

use std::fmt::Write;

use super::*;

pub type Built = (Stage, ConversationId);

/// Every scene that this channel knows, by name.
pub fn scenes(channel: Channel) -> Vec<(&'static str, Built)> {
    let open = || Stage::with(channel);
    let handled = || Stage::with_anna_on(channel);
    let then = |(mut stage, id): Built, steps: &[(Asker, Act)]| {
        for (asker, act) in steps {
            stage.does(asker, id, act.clone());
        }
        (stage, id)
    };
    let transfer = (sofie(), Act::Transfer(commands::Transfer(to(BRAM))));
    let (aside, end) = ((anna(), Act::SetAside), (anna(), Act::End));
    let mut scenes = vec![
        ("OPEN", open()),
        ("ACTIVE, Anna in conversation", handled()),
        ("WRAP_UP", then(handled(), std::slice::from_ref(&end))),
    ];
    let asks = (anna(), harness::asking_for_help());
    scenes.push(("ACTIVE, Anna asks for help", then(handled(), &[asks])));
    let closed = then(handled(), &[end, (anna(), Act::Close)]);
    let review = |number| {
        let session = MonitorSessionId(uuid::Uuid::from_u128(number));
        (sofie(), Act::Review(commands::Review { session }))
    };
    scenes.push(("CLOSED", closed.clone()));
    scenes.push(("CLOSED, Sofie reviews", then(closed, &[review(0xB3)])));
    if channel != Channel::Record {
        let offer = (
            sofie(),
            Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
        );
        scenes.insert(1, ("ACTIVE, offered to Anna", then(open(), &[offer])));
        scenes.push(("OPEN, Sofie reviews", then(open(), &[review(0xB4)])));
    }
    if conversation::is_messaging(channel) {
        let pending = then(handled(), std::slice::from_ref(&transfer));
        scenes.insert(3, ("ACTIVE, a transfer from Anna to Bram pending", pending));
        scenes.insert(
            4,
            (
                "ACTIVE, Bram consults, Sofie joined, Simon monitors",
                company(channel),
            ),
        );
    }
    if conversation::is_asynchronous(channel) {
        let waiting = then(handled(), std::slice::from_ref(&aside));
        scenes.insert(5, ("WAITING", waiting));
        let pending = then(handled(), &[aside, transfer]);
        scenes.insert(
            6,
            ("WAITING, a transfer from Anna to Bram pending", pending),
        );
    }
    if channel == Channel::LiveChat {
        let away = (gateway(), Act::CustomerDisconnected);
        scenes.push((
            "OPEN, the customer away",
            then(open(), std::slice::from_ref(&away)),
        ));
        scenes.push((
            "ACTIVE, Anna in conversation, the customer away",
            then(handled(), &[away]),
        ));
    }
    scenes
}

fn company(channel: Channel) -> Built {
    let (mut stage, id) = Stage::with(channel);
    stage.does(&bram(), id, Act::Pick);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(ANNA))));
    stage.does(&anna(), id, Act::Accept);
    for supervisor in [sofie(), simon()] {
        let watching = stage.watching();
        stage.does(&supervisor, id, watching);
    }
    stage.does(&sofie(), id, Act::Join);
    (stage, id)
}

/// What is done to messages that are there: by the gateway, and last by people.
fn on_messages(stage: &mut Stage, id: ConversationId) -> [Act; 6] {
    let there = may::cases::messages(id);
    stage
        .records
        .extend(there.map(|record| (record.head.id, record)));
    let conversation = stage.conversation(id);
    let carries = Token::of("gateway").role(Role::CustomerGateway).viewer();
    let works = Token::of("anna").role(Role::Agent).viewer();
    let leads = Token::of("sofie").role(Role::Supervisor).viewer();
    let one = |action, viewer| may::cases::acts(action, &conversation, viewer).remove(0);
    [
        one(Action::EditCustomerMessage, &carries),
        one(Action::RemoveCustomerMessage, &carries),
        one(Action::React, &carries),
        one(Action::RecordDelivery, &carries),
        one(Action::React, &works),
        one(Action::CorrectSentiment, &leads),
    ]
}

/// Every act, each by whom it is for.
#[allow(clippy::too_many_lines)] // One arm a command; splitting would hide that the list is whole.
pub fn acts(stage: &mut Stage, id: ConversationId) -> Vec<(&'static str, Asker, Act)> {
    let conversation = stage.conversation(id);
    let offered = conversation.offer.as_ref().map(|offer| offer.agent);
    let asked = || {
        if offered == Some(BRAM) {
            bram()
        } else {
            anna()
        }
    };
    let consent = Act::RecordConsent(commands::RecordConsent {
        notice_given_at: None,
        consent: Some(Consent::Granted),
    });
    let labels = Act::UpdateConversation(commands::UpdateConversation {
        add_tags: Tag::new("vip").into_iter().collect(),
        priority: Some(Priority::High),
        ..commands::UpdateConversation::default()
    });
    let notes = Act::UpdateConversation(commands::UpdateConversation {
        set_attributes: [("order".into(), "4711".into())].into(),
        ..commands::UpdateConversation::default()
    });
    let rating = Act::RecordRating(commands::RecordRating {
        score: 4,
        comment: None,
    });
    let [edits, removes, reacts, delivered, people_react, corrects] = on_messages(stage, id);
    let (message, coaching, watching) = (stage.message(), stage.message(), stage.watching());
    let reviewing = stage.reviewing();
    let (public, internal) = (stage.writing(None), stage.writing(None));
    let written = Act::CustomerMessage(commands::CustomerMessage::of_text(message, "…"));
    vec![
        ("customer writes", gateway(), written),
        ("customer edits", gateway(), edits),
        ("customer removes", gateway(), removes),
        ("customer reacts", gateway(), reacts),
        ("delivery", gateway(), delivered),
        (
            "customer disconnected",
            gateway(),
            Act::CustomerDisconnected,
        ),
        ("customer reconnected", gateway(), Act::CustomerReconnected),
        ("customer ends", gateway(), Act::EndByCustomer),
        (
            "mode VOICE",
            gateway(),
            Act::ChangeMode(commands::ChangeMode(Mode::Voice)),
        ),
        (
            "mode TEXT",
            gateway(),
            Act::ChangeMode(commands::ChangeMode(Mode::Text)),
        ),
        ("consent", gateway(), consent),
        ("customer rates", gateway(), rating),
        ("gateway notes", gateway(), notes),
        ("Anna labels", anna(), labels.clone()),
        ("Sofie labels", sofie(), labels),
        ("Anna picks", anna(), Act::Pick),
        ("asked agent accepts", asked(), Act::Accept),
        ("asked agent rejects", asked(), Act::Reject),
        ("Anna sets aside", anna(), Act::SetAside),
        ("Anna reopens", anna(), Act::Reopen),
        ("Anna releases", anna(), Act::Release),
        ("Anna ends", anna(), Act::End),
        ("Anna closes", anna(), Act::Close),
        ("Anna writes", anna(), public),
        ("Anna reacts", anna(), people_react.clone()),
        ("Anna leaves", anna(), Act::Leave),
        ("Bram leaves", bram(), Act::Leave),
        ("Sofie monitors", sofie(), watching),
        ("Sofie stops", sofie(), Act::StopMonitoring),
        ("Sofie reviews", sofie(), reviewing),
        ("Sofie stops reviewing", sofie(), Act::StopReview),
        ("Sofie joins", sofie(), Act::Join),
        ("Sofie leaves", sofie(), Act::Leave),
        ("Sofie writes", sofie(), internal),
        ("Sofie reacts", sofie(), people_react),
        (
            "assign to Bram",
            sofie(),
            Act::AssignToAgent(commands::AssignToAgent(to(BRAM))),
        ),
        (
            "assign to Sales",
            sofie(),
            Act::AssignToQueue(commands::AssignToQueue(SALES)),
        ),
        ("cancel offer", sofie(), Act::CancelOffer),
        (
            "transfer to Bram",
            sofie(),
            Act::Transfer(commands::Transfer(to(BRAM))),
        ),
        ("cancel transfer", sofie(), Act::CancelTransfer),
        (
            "requeue",
            sofie(),
            Act::Requeue(commands::Requeue { queue: None }),
        ),
        (
            "requeue to Sales",
            sofie(),
            Act::Requeue(commands::Requeue { queue: Some(SALES) }),
        ),
        ("Bram takes over", bram_both(), Act::TakeOver),
        ("force close", sofie(), Act::ForceClose),
        (
            "Sofie coaches",
            sofie(),
            Act::Coach(commands::Coach {
                id: coaching,
                content: Content::text("…"),
            }),
        ),
        ("Anna asks for help", anna(), harness::asking_for_help()),
        ("Anna needs no help", anna(), Act::CancelHelp),
        ("Sofie answers", sofie(), Act::AnswerHelp),
        ("Sofie corrects", sofie(), corrects),
        (
            "Sofie acknowledges",
            sofie(),
            Act::AcknowledgeAttention(commands::AcknowledgeAttention(
                AttentionReason::DeliveryFailed,
            )),
        ),
    ]
}

/// Every act, and what the system does.
fn commands(stage: &mut Stage, id: ConversationId) -> Vec<(&'static str, Asker, Command)> {
    let on = |(name, asker, act)| {
        let conversation = id;
        (name, asker, Command::Act { conversation, act })
    };
    let mut commands: Vec<_> = acts(stage, id).into_iter().map(on).collect();
    for kind in TimerKind::ALL {
        let due = Command::TimerDue {
            conversation: id,
            kind: *kind,
        };
        commands.push((kind.as_str(), Asker::System, due));
    }
    commands.push((
        "Anna's grace over",
        Asker::System,
        Command::AgentDisconnected(ANNA),
    ));
    commands
}

fn outcome((stage, id): &Built, asker: &Asker, command: &Command) -> String {
    let mut stage = stage.clone();
    if let Command::TimerDue { kind, .. } = command {
        let long = stage.now + TimeDelta::days(400);
        stage.now = stage.due(*id, *kind).unwrap_or(long);
    }
    let (version, loads) = (
        stage.conversation(*id).version,
        [ANNA, BRAM].map(|a| stage.consumed(a)),
    );
    let kinds = match stage.play(asker, command) {
        Err(refusal) => return refusal.code().as_str().into(),
        Ok(kinds) if kinds.is_empty() => return "-".into(),
        Ok(kinds) => kinds,
    };
    let (now, reason) = stage.stands(*id);
    let raised = stage.conversation(*id).version - version;
    let kinds: Vec<_> = kinds.into_iter().map(Kind::as_str).collect();
    let mut line = format!("{now} {reason} v+{raised}: {}", kinds.join(", "));
    for ((name, agent), before) in [("Anna", ANNA), ("Bram", BRAM)].into_iter().zip(loads) {
        let after = stage.consumed(agent);
        if after != before {
            write!(line, "; {name} {before} to {after}").unwrap();
        }
    }
    line
}

/// Scene by scene, command by command.
fn table(channel: Channel) -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let line = |scene: &mut Built| {
        let commands = commands(&mut scene.0, scene.1);
        let played = commands
            .iter()
            .map(|(name, asker, c)| (*name, outcome(scene, asker, c)));
        played.collect()
    };
    scenes(channel)
        .into_iter()
        .map(|(name, mut scene)| (name, line(&mut scene)))
        .collect()
}

#[test]
fn the_table_has_every_action() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let acts = acts(&mut stage, id);
    let shown: Vec<_> = acts.iter().map(|(_, _, act)| act.action()).collect();
    let lacking = Action::ALL.iter().filter(|action| !shown.contains(*action));
    let lacking: Vec<_> = lacking.collect();
    assert!(
        lacking.is_empty(),
        "give these a line in `acts`: {lacking:?}"
    );
}

#[test]
fn every_command_has_its_outcome_in_every_state() {
    let mut text = String::new();
    for (scene, lines) in table(Channel::WhatsApp) {
        writeln!(text, "\n# {scene}\n").unwrap();
        for (command, outcome) in lines {
            writeln!(text, "{command:<22} {outcome}").unwrap();
        }
    }
    insta::assert_snapshot!("whatsapp", text);
}

#[test]
fn the_other_channels_differ_where_the_domain_says_so() {
    let whatsapp = table(Channel::WhatsApp);
    let mut text = String::new();
    for channel in [Channel::LiveChat, Channel::Voice, Channel::Record] {
        writeln!(text, "\n# {channel}").unwrap();
        for (scene, lines) in table(channel) {
            // Of a customer who is away, what differs from one who is there.
            let present = scene.trim_end_matches(", the customer away");
            let usual = &whatsapp
                .iter()
                .find(|(name, _)| *name == present)
                .unwrap()
                .1;
            writeln!(text, "\n## {scene}\n").unwrap();
            for (line, _) in lines
                .iter()
                .zip(usual)
                .filter(|(line, usual)| line != usual)
            {
                writeln!(text, "{:<22} {}", line.0, line.1).unwrap();
            }
        }
    }
    insta::assert_snapshot!("other_channels", text);
}

#[test]
fn every_messaging_channel_but_live_chat_follows_the_same_table() {
    let whatsapp = table(Channel::WhatsApp);
    for channel in Channel::ALL
        .iter()
        .filter(|channel| conversation::is_asynchronous(**channel))
    {
        assert_eq!(table(*channel), whatsapp, "{channel}");
    }
}
