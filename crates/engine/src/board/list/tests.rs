//! After every event a list shows what a page of the board at that position shows, and its steps lead
//! there from what it showed before. It gets the events that the dispatcher sends to who has it, and no others.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::board::Names;
use crate::board::tests::{among, any_conversation, any_filter, any_viewer, ids_of, uuid};
use crate::board::view::{OrderField, Slice};
use crate::dispatch::ReaderOf;
use crate::live::list::topic_of;
use domain::fold::Search;
use domain::{
    Actor, Addressees, AgentId, AgentKind, Author, CustomerId, Edit, Meaning, MessageId, Presence,
    QueueId, Role, StatusReason, Viewer, Visibility, World,
};

/// Something that happens.
#[derive(Clone, Debug)]
enum Happening {
    /// A conversation is this from now on; who knows the customer by which name, when it starts.
    Image(Box<Conversation>, Option<&'static str>, Visibility),
    /// The viewer is a member of these queues.
    Member(BTreeSet<QueueId>),
    /// The settings change.
    Settings,
}

fn happening() -> impl Strategy<Value = Happening> {
    let name = select(vec![None, Some("Ada"), Some("Bob"), Some("Adam")]);
    let visibility = select(vec![Visibility::Public, Visibility::Internal]);
    let image = (any_conversation(), name, visibility).prop_map(|(mut image, name, visibility)| {
        let first = image.id.0.as_bytes()[15] % 3;
        image.customer = CustomerId(uuid(first));
        Happening::Image(Box::new(image), name, visibility)
    });
    let member = among(ids_of(0..3, QueueId))
        .prop_map(|queues| Happening::Member(queues.unwrap_or_default()));
    prop_oneof![20 => image, 2 => member, 1 => Just(Happening::Settings)]
}

fn who(viewer: &Viewer, queues: BTreeSet<QueueId>) -> Arc<Agent> {
    Arc::new(Agent {
        id: AgentId(uuid(1)),
        subject: viewer.subject().clone(),
        name: "who".into(),
        kind: AgentKind::Human,
        presence: Presence::Available,
        presence_since: None,
        capacity: 3,
        queues,
        acknowledged: None,
        deleted_at: None,
    })
}

/// Puts what happens on the board; what there is to tell a list of it. None: nothing happens.
fn happen(state: &mut State, viewer: &Viewer, what: Happening) -> Option<(Entry, Option<Naming>)> {
    let (mut names, mut before, at) = (None, None, DateTime::<Utc>::UNIX_EPOCH);
    let (change, after) = match what {
        Happening::Image(mut image, name, visibility) => {
            let known = state.world.conversations.get(&image.id);
            if let Some(known) = known {
                // It never changes.
                image.channel = known.channel;
                before = Some(known.footprint()).filter(|before| *before != image.footprint());
            }
            let change = match (known.is_some(), image.is_ongoing()) {
                (false, false) => return None,
                (false, true) => {
                    names = Some(Names {
                        subject: None,
                        customer: name.map(Into::into),
                    });
                    Change::ConversationStarted
                }
                (true, true) => Change::MessagePosted {
                    message: MessageId(uuid(0)),
                    author: Author::Agent,
                    visibility,
                    system: None,
                    score: None,
                    meaning: Meaning::default(),
                    analysed: true,
                    sent_at: None,
                    attachments: Vec::new(),
                    reply_to: None,
                },
                (true, false) => Change::Closed {
                    reason: StatusReason::EndedByAgent,
                },
            };
            (change, After::Conversation(Arc::new(*image)))
        }
        Happening::Member(queues) => {
            let change = Change::AgentChanged {
                edit: Edit::default(),
                of: std::collections::BTreeSet::new(),
            };
            (change, After::Agent(who(viewer, queues)))
        }
        Happening::Settings => {
            let settings = state.world.settings.clone();
            (Change::SupervisorSettingsChanged, After::Settings(settings))
        }
    };
    let position = state.head.position + 1;
    let entry = Entry {
        epoch: state.head.epoch,
        position,
        at,
        actor: Actor::System,
        change,
        after,
        before,
        hash: position << 32,
    };
    let naming = state.apply(&entry, names);
    Some((entry, naming))
}

/// Of which conversation a step tells.
fn told(step: &Step) -> ConversationId {
    match step {
        Step::Entered(_, row) | Step::Updated(_, row) | Step::Moved(_, row) => row.id,
        Step::Left(id, _) => *id,
    }
}

/// What a client makes of the steps.
fn follow(shown: &mut Vec<Arc<Conversation>>, steps: Vec<Step>, most: usize) {
    let place =
        |shown: &[Arc<Conversation>], id| shown.iter().position(|row| row.id == id).unwrap();
    for step in steps {
        match step {
            Step::Entered(index, row) => shown.insert(index, row),
            Step::Updated(index, row) => {
                assert_eq!(shown[index].id, row.id);
                shown[index] = row;
            }
            Step::Moved(index, row) => {
                let from = place(shown, row.id);
                assert_ne!(from, index, "it stays");
                shown.remove(from);
                shown.insert(index, row);
            }
            Step::Left(id, _) => {
                let from = place(shown, id);
                shown.remove(from);
            }
        }
        assert!(shown.len() <= most);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn a_list_and_its_steps_lead_to_what_a_page_shows_after_every_event(
        first in prop::collection::vec(happening(), 0..20),
        then in prop::collection::vec(happening(), 1..40),
        viewer in any_viewer(), filter in any_filter(), text in select(vec![None, Some("ada")]),
        field in select(OrderField::ALL.to_vec()), descending in any::<bool>(), count in 0..6_usize,
    ) {
        let head = Head { epoch: uuid(0), position: 0, hash: 0 };
        let mut state = State::new(World::default(), HashMap::new(), head);
        for what in first {
            happen(&mut state, &viewer, what);
        }
        let filter = Filter { text: text.map(Search::new), ..filter };
        let wanted = Wanted { filter, order: Order { field, descending }, count };
        let access = viewer.access().clone();
        let subject = access.has_role(Role::Agent).then(|| viewer.subject().clone());
        let list_viewer = ListViewer { access, subject };
        let take = |state: &State| {
            List::new(list_viewer.clone(), wanted.clone(), Snapshot::from(state, &list_viewer, &wanted))
        };
        let mut list = take(&state);
        let mut shown = list.shown();
        // What must not be told of is in the list all the same, and comes with the next that may.
        let mut quiet = HashSet::new();
        for what in then {
            let Some((entry, naming)) = happen(&mut state, &viewer, what) else { continue };
            let agent = state.world.agent_of(viewer.subject()).cloned();
            if let After::Conversation(image) = &entry.after {
                let sight = policy::sees(viewer.access(), agent.as_deref(), image);
                let may_be_told = sight.supervisor || sight.administrator || sight.agent;
                if !entry.change.audience().has(sight) && !may_be_told {
                    quiet.insert(image.id);
                } else {
                    quiet.remove(&image.id);
                }
            }
            // As the dispatcher sends it.
            let to = Addressees::of(&entry.change, &entry.after, entry.before.as_ref());
            let renames = naming.as_ref().is_some_and(|naming| naming.renames);
            let subject = list_viewer.subject.as_ref();
            let reader = ReaderOf {
                access: &list_viewer.access,
                subject,
                topic: topic_of(&wanted),
            };
            let addresses = reader.addresses(agent.as_deref());
            let outcome = if renames || to.include(&addresses) {
                list.go_on(&entry, naming.as_ref())
            } else {
                list.pass_to(state.head);
                Outcome::Nothing
            };
            match outcome {
                Outcome::Nothing => {}
                Outcome::Changed(steps) => {
                    for step in &steps {
                        quiet.remove(&told(step));
                    }
                    follow(&mut shown, steps, count);
                }
                Outcome::Disabled => prop_assert!(false, "a list of conversations is always there"),
                Outcome::Unknown(_) => {
                    list = take(&state);
                    shown = list.shown();
                    quiet.clear();
                }
            }
            let row_viewer = RowViewer::new(viewer.access(), agent.as_deref());
            let whole = Slice { after: None, before: None, count, from_end: false };
            let page = state.page(row_viewer, &wanted.filter, wanted.order, whole);
            let rows: Vec<_> = page.rows.into_iter().map(|(_, row)| row).collect();
            prop_assert_eq!(list.shown(), rows.clone());
            prop_assert_eq!(list.total(), page.total);
            prop_assert_eq!(list.head(), page.head);
            let ids = |rows: &[Arc<Conversation>]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
            prop_assert_eq!(ids(&shown), ids(&rows));
            for (shown, row) in shown.iter().zip(&rows) {
                if !quiet.contains(&row.id) {
                    prop_assert_eq!(shown, row);
                }
            }
        }
    }
}
