//! Wherever a conversation can come to on its channel, and whatever is wrong with it there, a supervisor has another way
//! out than to force it closed, or it ends by itself (domain.md section 13).
//!
//! Not the table of exits is walked but the rules: from a new conversation, everything that people, gateways and timers
//! may do is done, until nothing new comes. Two conversations are the same place when they agree in [`Place`].

use std::collections::VecDeque;

use super::*;
use crate::exits::exits;
use may::cases;
use state_table::Built;

/// Where a conversation stands, as far as it matters for what may be done about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    state: State,
    status: StatusReason,
    mode: Mode,
    offer: Option<OfferKind>,
    /// The kind of its primary agent.
    primary: Option<AgentKind>,
    /// Whether a supervisor of the walk has it.
    supervisors: bool,
}

/// What is wrong: with the status alone, or with this.
type Wrong = Option<AttentionReason>;

fn place(stage: &Stage, conversation: &Conversation) -> Place {
    let kind = |agent: AgentId| stage.world.agents[&agent].kind;
    Place {
        state: conversation.state,
        status: conversation.reason,
        mode: conversation.mode,
        offer: conversation.offer.as_ref().map(|offer| offer.kind),
        primary: conversation.primary_agent().map(kind),
        supervisors: conversation.primary_agent() == Some(BRAM),
    }
}

fn wrongs(conversation: &Conversation) -> Vec<Wrong> {
    let reasons = conversation.attention.keys().copied().map(Some);
    std::iter::once(None).chain(reasons).collect()
}

/// What can happen to it next.
fn happenings(stage: &mut Stage, id: ConversationId) -> Vec<(Asker, Command)> {
    let usual = state_table::acts(stage, id).into_iter();
    let mut acts: Vec<_> = usual.map(|(_, asker, act)| (asker, act)).collect();
    for act in [Act::Pick, Act::End, Act::SetAside, Act::Reopen, Act::Close] {
        acts.extend([robo(), bram()].map(|asker| (asker, act.clone())));
    }
    let score = |score| MessageScore::supplied(score, 1.0, Some("en"), "test", "1").ok();
    let written = commands::CustomerMessage {
        score: score(-1.0),
        meaning: Meaning {
            intent: None,
            signals: vec![EscalationSignal::Leaving],
        },
        ..commands::CustomerMessage::of_text(stage.message(), "…")
    };
    acts.push((gateway(), Act::CustomerMessage(written)));
    let on = |(asker, act)| {
        let conversation = id;
        (asker, Command::Act { conversation, act })
    };
    let mut all: Vec<_> = acts.into_iter().map(on).collect();
    let answers = stage.records.values().filter(|record| {
        record.head.conversation == id && matches!(record.author, Author::Agent | Author::Bot)
    });
    let failed = answers.map(|record| {
        let act = MessageAct::RecordDelivery(commands::RecordDelivery {
            state: DeliveryState::Failed,
            external_id: None,
            code: None,
            description: None,
            at: None,
        });
        (gateway(), act.on(record.head.id))
    });
    let failed: Vec<_> = failed.collect();
    all.extend(failed.into_iter().map(on));
    let timers = TimerKind::ALL.iter();
    all.extend(timers.map(|kind| {
        let (conversation, kind) = (id, *kind);
        (Asker::System, Command::TimerDue { conversation, kind })
    }));
    all
}

/// What it is after this, if that may be.
fn after((stage, id): &Built, asker: &Asker, command: &Command) -> Option<Built> {
    let mut stage = stage.clone();
    if let Command::TimerDue { kind, .. } = command {
        stage.now = stage.now.max(stage.due(*id, *kind)?);
    }
    stage.play(asker, command).ok()?;
    Some((stage, *id))
}

/// A new conversation; one that two agents declined; one whose answer did not arrive. What is wrong with these stays while
/// they go on, so that they come to the same places with it.
fn beginnings(channel: Channel) -> Vec<Built> {
    let mut all = vec![
        Stage::with(channel),
        harness::undelivered(Stage::with_anna_on(channel)),
    ];
    let (mut stage, id) = Stage::with(channel);
    let declined = [(ANNA, anna()), (BRAM, bram())]
        .into_iter()
        .all(|(to_whom, who)| {
            let offer = Act::AssignToAgent(commands::AssignToAgent(to(to_whom)));
            stage.act(&sofie(), id, offer).is_ok() && stage.act(&who, id, Act::Reject).is_ok()
        });
    all.extend(declined.then_some((stage, id)));
    all
}

/// Every place that a conversation on this channel comes to, with one that stands there for each thing that is wrong.
fn walk(channel: Channel) -> BTreeMap<(Place, Wrong), Built> {
    let mut known = BTreeMap::new();
    let mut next = VecDeque::from(beginnings(channel));
    while let Some(mut built) = next.pop_front() {
        let conversation = built.0.conversation(built.1);
        if !conversation.is_ongoing() {
            continue;
        }
        let here = place(&built.0, &conversation);
        let mut is_new = false;
        for wrong in wrongs(&conversation) {
            known.entry((here.clone(), wrong)).or_insert_with(|| {
                is_new = true;
                built.clone()
            });
        }
        if !is_new {
            continue;
        }
        for (asker, command) in happenings(&mut built.0, built.1) {
            next.extend(after(&built, &asker, &command));
        }
    }
    known
}

/// Who leads: one who is no agent, and one who is an agent of every queue too.
fn leads() -> [Asker; 2] {
    let both = Token::of("eva").role(Role::Agent).supervises();
    [Token::of("sandra").supervises().asks(), both.asks()]
}

fn may_do((stage, id): &Built, action: Action) -> bool {
    let conversation = stage.conversation(*id);
    leads().iter().any(|asker| {
        let Asker::Viewer(viewer) = asker else {
            return false;
        };
        decide::may(&stage.world, viewer, &conversation, action, stage.now).is_ok()
    })
}

/// What supervisors with every right may do about this here, once they look at it.
fn ways(built: &Built, wrong: Wrong) -> HashSet<Action> {
    // Whatever is wrong, it goes to somebody else.
    let moves = [
        Action::Assign,
        Action::CancelOffer,
        Action::Transfer,
        Action::Requeue,
        Action::TakeOver,
        Action::ForceClose,
    ];
    let named = wrong.into_iter().flat_map(exits);
    let named = named.map(|exit| exit.action());
    let asked: HashSet<_> = moves.into_iter().chain(named).collect();
    let mut scenes = vec![cases::with_targets(built.clone())];
    for asker in leads() {
        let (mut stage, id) = scenes[0].clone();
        let watching = stage.watching();
        if stage.act(&asker, id, watching).is_ok() {
            scenes.push((stage, id));
        }
    }
    let may = |action: &Action| scenes.iter().any(|scene| may_do(scene, *action));
    asked.into_iter().filter(may).collect()
}

/// Within which time what stands here ends by itself; an agent's work after the end.
const SOON: TimeDelta = TimeDelta::days(1);

fn ends_by_itself((stage, id): &Built) -> bool {
    let due = stage.due(*id, TimerKind::AutoClose);
    due.is_some_and(|due| due - stage.conversation(*id).state_since <= SOON)
}

/// What there is to do where this stands.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    /// Something else than to force it closed.
    Other,
    /// It ends by itself before long, or is forced closed.
    ByItself,
    /// Supervisors do nothing to it at all: neither is it forced closed.
    NotTheirs,
    /// It is forced closed or stays.
    Stuck,
}

fn way(built: &Built, wrong: Wrong) -> Way {
    let mut ways = ways(built, wrong);
    let forced = ways.remove(&Action::ForceClose);
    // A look alone ends nothing.
    ways.remove(&Action::Monitor);
    match (ways.is_empty(), forced) {
        (false, _) => Way::Other,
        (true, false) => Way::NotTheirs,
        (true, true) if ends_by_itself(built) => Way::ByItself,
        (true, true) => Way::Stuck,
    }
}

#[test]
fn nowhere_is_force_close_the_only_way_out() {
    let (mut stuck, mut reasons) = (Vec::new(), BTreeSet::new());
    let (mut by_itself, mut not_theirs) = (BTreeSet::new(), BTreeSet::new());
    for channel in Channel::ALL {
        for ((place, wrong), built) in walk(*channel) {
            reasons.extend(wrong);
            match way(&built, wrong) {
                Way::Other => {}
                Way::ByItself => drop(by_itself.insert((*channel, place.state))),
                Way::NotTheirs => drop(not_theirs.insert(*channel)),
                Way::Stuck => stuck.push(format!("{channel} {place:?} {wrong:?}")),
            }
        }
    }
    assert_eq!(stuck, [] as [String; 0]);
    assert_eq!(reasons, AttentionReason::ALL.iter().copied().collect());
    // What a chat or a call leaves to its agent to do afterwards does not go on.
    let ended = [Channel::LiveChat, Channel::Voice].map(|channel| (channel, State::WrapUp));
    assert_eq!(by_itself, ended.into());
    // A record is its agent's.
    assert_eq!(not_theirs, [Channel::Record].into());
}
