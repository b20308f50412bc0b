//! What a viewer may not know of conversations changes no page, total, order or count of theirs, and no step of a
//! live list; the facts are those of the domain's table.

use std::collections::HashSet;

use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;
use crate::board::asked::Asked;
use crate::board::list::{List, ListViewer, Outcome, Snapshot, Step, Wanted};
use crate::log::Entry;
use domain::audience::{Audience, Fact};
use domain::conversation::{Help, Monitor};
use domain::policy::Sight;
use domain::{
    Actor, AlertThreshold, Author, Change, EscalationSignal, Meaning, MessageId, MessageScore,
    MonitorSessionId, Signalled, Visibility,
};

prop_compose! {
    /// An image with something of everything that not everybody may know.
    fn any_foil()(
        mut c in any_conversation(), number in 1..4_u8, joined in any::<bool>(), units in 1..5_u32,
    ) -> Conversation {
        let (at, person) = (instant(i64::from(number)), format!("supervisor {number}"));
        let subject = Subject::new(&person).unwrap();
        c.monitors = vec![Monitor {
            kind: domain::LookKind::Monitor,
            session: MonitorSessionId(uuid(number)), supervisor: subject.clone(), started_at: at,
            until: at, token: None, joined_at: joined.then_some(at),
        }];
        c.primary = Some(Primary { agent: AgentId(uuid(0)), kind: AgentKind::Human, units, holds: joined });
        c.offer = Some(Offer {
            id: OfferId(uuid(0)), kind: OfferKind::Transfer, agent: AgentId(uuid(0)), by: subject,
            units, exceeded_by: units, made_at: at, due_at: at,
        });
        c.declines = [(AgentId(uuid(number)), units)].into();
        c.tags = Tag::new(&person).into_iter().chain(c.tags.iter().cloned()).collect();
        c.declined = units;
        c.clocks.handled_due = Some(at);
        c.messages = units;
        c.coached = units;
        c.acknowledged = joined.then_some(AttentionReason::DeliveryFailed).into_iter().collect();
        c.help = Some(Help { agent: AgentId(uuid(0)), since: at, note: Some(MessageId(uuid(number))) });
        let score = MessageScore::supplied(0.5, 0.5, None, "test", "1").unwrap();
        c.scores.push(MessageId(uuid(number)), score);
        c.alerted = joined;
        c.signals = vec![Signalled { message: MessageId(uuid(number)), signals: vec![EscalationSignal::Leaving], at }];
        c.auto_close_at = Some(at);
        c.capacity_until = Some(at);
        c.course.visit = Some(at);
        c
    }
}

/// What happens to a conversation.
#[derive(Clone, Debug)]
enum Happening {
    /// It is this from now on, by a message that is PUBLIC or INTERNAL.
    Message(Box<Conversation>, Visibility),
    /// It is as it was, but for what only leaders may know: somebody looks, or is alerted.
    Secret(u8, bool),
}

fn happening() -> impl Strategy<Value = (Happening, Conversation, Conversation)> {
    let visibility = select(vec![Visibility::Public, Visibility::Internal]);
    let message = (any_conversation(), visibility)
        .prop_map(|(image, visibility)| Happening::Message(Box::new(image), visibility));
    let secret = (0..12_u8, any::<bool>()).prop_map(|(id, look)| Happening::Secret(id, look));
    (
        prop_oneof![3 => message, 2 => secret],
        any_foil(),
        any_foil(),
    )
}

/// Whether the viewer's roles alone do not make this fact theirs, wherever they may look.
fn is_secret(viewer: &Viewer, fact: Fact) -> bool {
    let sight = Sight {
        gateway: viewer.has_role(Role::CustomerGateway),
        agent: viewer.has_role(Role::Agent),
        supervisor: viewer.has_role(Role::Supervisor),
        administrator: viewer.has_role(Role::Administrator),
    };
    !fact.audience().has(sight)
}

/// One board of two, which differ in what the viewer may not know.
struct Side {
    state: State,
    lists: Vec<List>,
}

impl Side {
    /// Goes on by what happens, with the facts of the foil where the viewer may not know them.
    fn happen(&mut self, viewer: &Viewer, what: &Happening, foil: &Conversation) -> Vec<String> {
        let id = match what {
            Happening::Message(image, _) => image.id,
            Happening::Secret(id, _) => ConversationId(uuid(*id)),
        };
        let known = self.state.world.conversations.get(&id).cloned();
        let (image, change) = match what {
            Happening::Message(image, visibility) => {
                let image = image.mixed(foil, |fact| is_secret(viewer, fact));
                let message = Change::MessagePosted {
                    message: MessageId(uuid(0)),
                    author: Author::Agent,
                    visibility: *visibility,
                    system: None,
                    score: None,
                    meaning: Meaning::default(),
                    analysed: true,
                    sent_at: None,
                    attachments: Vec::new(),
                    reply_to: None,
                };
                if known.is_none() && !image.is_ongoing() {
                    return Vec::new();
                }
                let change = match known {
                    _ if !image.is_ongoing() => Change::ForceClosed {
                        supervisor: somebody(),
                    },
                    None => Change::ConversationStarted,
                    Some(_) => message,
                };
                (image, change)
            }
            Happening::Secret(_, look) => {
                let Some(known) = known else {
                    return Vec::new();
                };
                let leaders = |fact: Fact| fact.audience() == Audience::Leaders;
                let change = if *look {
                    Change::MonitoringStarted {
                        session: MonitorSessionId(uuid(0)),
                        supervisor: somebody(),
                        until: instant(0),
                        token: None,
                    }
                } else {
                    Change::SentimentAlertRaised {
                        level: SentimentLevel::Negative,
                        threshold: AlertThreshold::Negative,
                        unreachable: Vec::new(),
                    }
                };
                // Of whoever may know it, both sides learn the same.
                let secret = |fact| leaders(fact) && is_secret(viewer, fact);
                (known.mixed(foil, secret), change)
            }
        };
        let position = self.state.head.position + 1;
        let entry = Entry {
            epoch: self.state.head.epoch,
            position,
            at: DateTime::UNIX_EPOCH,
            actor: Actor::System,
            change,
            after: After::Conversation(Arc::new(image)),
            before: None,
            hash: position << 32,
        };
        self.state.apply(&entry, None);
        let told = |list: &mut List| {
            let outcome = list.go_on(&entry, None);
            format!(
                "{:?} {:?} {}",
                masked(viewer, outcome),
                list.cursor(),
                list.total()
            )
        };
        self.lists.iter_mut().map(told).collect()
    }

    /// Everything that the viewer can ask of the board.
    fn answers(&self, viewer: &Viewer, agent: &Agent, filter: &Filter) -> Vec<String> {
        let row_viewer = RowViewer::new(viewer.access(), Some(agent));
        let orders = orders().map(|order| {
            let slice = Slice {
                after: None,
                before: None,
                count: 5,
                from_end: false,
            };
            let page = self.state.page(row_viewer, filter, order, slice);
            let rows = page
                .rows
                .iter()
                .map(|(place, row)| (order.encode(*place), blanked(viewer, row)));
            let rows: Vec<_> = rows.collect();
            format!("{rows:?} {} {} {:?}", page.total, page.has_next, page.head)
        });
        let summary = self.state.summary(row_viewer, filter);
        orders.chain([format!("{summary:?}")]).collect()
    }
}

fn orders() -> impl Iterator<Item = Order> {
    let ways = |field| [false, true].map(|descending| Order { field, descending });
    OrderField::ALL.into_iter().flat_map(ways)
}

fn somebody() -> Subject {
    Subject::new("somebody").unwrap()
}

/// The image with what the viewer may not know the same for every image.
fn blanked(viewer: &Viewer, image: &Conversation) -> Conversation {
    let mask = Conversation {
        primary: Some(Primary {
            agent: AgentId(uuid(0)),
            kind: AgentKind::Human,
            units: 0,
            holds: false,
        }),
        offer: Some(Offer {
            id: OfferId(uuid(0)),
            kind: OfferKind::Transfer,
            agent: AgentId(uuid(0)),
            by: somebody(),
            units: 0,
            exceeded_by: 0,
            made_at: instant(0),
            due_at: instant(0),
        }),
        ..blank()
    };
    image.mixed(&mask, |fact| is_secret(viewer, fact))
}

/// What an outcome tells the viewer.
fn masked(viewer: &Viewer, outcome: Outcome) -> Outcome {
    let row = |row: Arc<Conversation>| Arc::new(blanked(viewer, &row));
    let step = |step| match step {
        Step::Entered(index, image) => Step::Entered(index, row(image)),
        Step::Updated(index, image) => Step::Updated(index, row(image)),
        Step::Moved(index, image) => Step::Moved(index, row(image)),
        Step::Left(id, leaving) => Step::Left(id, leaving),
    };
    match outcome {
        Outcome::Changed(steps) => Outcome::Changed(steps.into_iter().map(step).collect()),
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_a_viewer_may_not_know_changes_no_answer_of_the_view_and_no_step_of_a_list(
        first in prop::collection::vec(happening(), 0..20),
        then in prop::collection::vec(happening(), 1..20),
        viewer in any_viewer(), filter in any_filter(), member in among(ids_of(0..3, QueueId)),
    ) {
        let agent = Agent {
            id: AgentId(uuid(1)), subject: viewer.subject().clone(), name: "who".into(),
            kind: AgentKind::Human, presence: Presence::Available, presence_since: None, capacity: 3,
            queues: member.unwrap_or_default(), acknowledged: None, deleted_at: None,
        };
        let head = Head { epoch: uuid(0), position: 0, hash: 0 };
        let mut sides = [(); 2].map(|()| {
            let mut world = World::default();
            world.put(&After::Agent(Arc::new(agent.clone())));
            Side { state: State::new(world, HashMap::new(), head), lists: Vec::new() }
        });
        let happen = |sides: &mut [Side; 2], (what, one, other): &(Happening, _, _)| {
            let [left, right] = sides;
            (left.happen(&viewer, what, one), right.happen(&viewer, what, other))
        };
        for what in &first {
            happen(&mut sides, what);
        }
        let access = viewer.access().clone();
        let subject = access.has_role(Role::Agent).then(|| viewer.subject().clone());
        let list_viewer = ListViewer { access, subject };
        for side in &mut sides {
            for order in orders() {
                let wanted = Wanted { filter: filter.clone(), order, count: 4 };
                let snapshot = Snapshot::from(&side.state, &list_viewer, &wanted);
                side.lists.push(List::new(list_viewer.clone(), wanted, snapshot));
            }
        }
        let leads = viewer.has_role(Role::Supervisor) || viewer.has_role(Role::Administrator);
        for what in &then {
            let (one, other) = happen(&mut sides, what);
            prop_assert_eq!(&one, &other);
            if matches!(what.0, Happening::Secret(..)) && !leads {
                prop_assert!(one.iter().all(|told| told.starts_with("Nothing")), "{one:?}");
            }
            let [one, other] = &sides;
            prop_assert_eq!(
                one.answers(&viewer, &agent, &filter),
                other.answers(&viewer, &agent, &filter)
            );
        }
    }
}

#[test]
fn every_fact_of_an_image_that_not_everybody_may_know_is_changed_there() {
    let mut runner = TestRunner::deterministic();
    let mut varied: HashSet<Fact> = HashSet::new();
    for _ in 0..50 {
        let (one, other) = (any_foil(), any_foil())
            .new_tree(&mut runner)
            .unwrap()
            .current();
        varied.extend(
            Fact::ALL
                .iter()
                .filter(|fact| one.mixed(&other, |taken| taken == **fact) != one),
        );
    }
    let secret = Fact::ALL
        .iter()
        .filter(|fact| fact.audience() != Audience::Everybody);
    let missing: Vec<_> = secret
        .filter(|fact| !varied.contains(fact))
        .filter(|fact| {
            !matches!(
                fact,
                Fact::Actor | Fact::ActingSupervisor | Fact::Attributes
            )
        })
        .collect();
    assert_eq!(missing, Vec::<&Fact>::new(), "give these to `any_foil`");
}

#[test]
fn who_may_not_know_a_fact_is_never_answered_by_it() {
    let asked = Asked::of([Fact::State, Fact::AutoCloseAt]);
    assert!(!asked.is_plain() && Asked::of([Fact::State]).is_plain());
    #[expect(clippy::disallowed_methods, reason = "a test of its own")]
    let viewer = |role| {
        Viewer::of_verified_token(Claims {
            subject: Subject::new("who").unwrap(),
            roles: [role].into(),
            permissions: BTreeSet::new(),
            queues: Scope::Only([QueueId(uuid(0))].into()),
            channels: Scope::All,
            source: None,
            issued_at: instant(0),
            expires_at: instant(9),
            token_id: None,
        })
    };
    let elsewhere = Conversation {
        queue: QueueId(uuid(1)),
        ..blank()
    };
    let known = [
        Role::CustomerGateway,
        Role::Agent,
        Role::Supervisor,
        Role::Administrator,
    ]
    .map(|role| {
        let viewer = viewer(role);
        let row_viewer = RowViewer::new(viewer.access(), None);
        (
            asked.is_known_to(row_viewer, &blank()),
            asked.is_known_to(row_viewer, &elsewhere),
        )
    });
    assert_eq!(
        known,
        [(false, false), (false, false), (true, false), (true, true)]
    );
}
