//! The scan of compact rows shows what a plain look at every conversation shows.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use uuid::Uuid;

use super::view::{Filter, Order, OrderField, Page, RowViewer, Slice};
use super::*;
use crate::log::Head;
use domain::conversation::{Monitor, Offer, Primary};
use domain::viewer::Claims;
use domain::{
    Agent, AgentId, AgentKind, AttentionReason, Channel, LookKind, MonitorSessionId, OfferId,
    OfferKind, Presence, Priority, QueueId, Role, Scope, SentimentLevel, Source, State as Standing,
    Subject, Tag, Viewer, WorkstreamId, policy,
};

mod audience;

/// Ids that come up again and again.
pub(super) fn uuid(number: u8) -> Uuid {
    Uuid::from_u128(u128::from(number) + 1)
}

pub(super) fn ids_of<T>(numbers: std::ops::Range<u8>, id: impl Fn(Uuid) -> T) -> Vec<T> {
    numbers.map(uuid).map(id).collect()
}

pub(super) fn instant(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
}

pub(super) fn blank() -> Conversation {
    let at = "2026-01-01T00:00:00Z";
    serde_json::from_value(serde_json::json!({
        "id": ConversationId(uuid(0)), "customer": CustomerId(uuid(0)), "channel": "SMS", "mode": "TEXT",
        "queue": QueueId(uuid(0)), "workstream": WorkstreamId(uuid(0)), "state": "OPEN", "reason": "AWAITING_AGENT_ASSIGNMENT", "version": 1,
        "consent": "UNKNOWN", "started_at": at, "state_since": at, "last_activity_at": at, "messages": 0,
        "sentiment": domain::sentiment::Assessment::not_available(), "sentiment_since": at,
    }))
    .unwrap()
}

/// None, or one of two sources.
fn any_source() -> impl Strategy<Value = Option<Source>> {
    select(vec![None, Source::new("a"), Source::new("b")])
}

prop_compose! {
    pub(super) fn any_conversation()(
        id in 0..12_u8, queue in 0..3_u8, agent in 0..4_u8, offered in any::<bool>(),
        channel in select(Channel::ALL), state in select(Standing::ALL),
        level in select(SentimentLevel::ALL), seconds in prop::array::uniform3(0..5_i64),
        waits in any::<bool>(), source in any_source(), reasons in subsequence(AttentionReason::ALL.to_vec(), 0..=2),
        tags in subsequence(TAGS.to_vec(), 0..=2), priority in select(Priority::ALL),
        watcher in 0..3_u8,
    ) -> Conversation {
        let agent = AgentId(uuid(agent));
        let mut c = Conversation {
            id: ConversationId(uuid(id)), queue: QueueId(uuid(queue)), channel, source, state,
            started_at: instant(seconds[0]), last_activity_at: instant(seconds[1]),
            waiting_since: waits.then(|| instant(seconds[2])), ..blank()
        };
        c.sentiment.level = level;
        c.tags = tags.into_iter().filter_map(Tag::new).collect();
        c.priority = priority;
        // A look of either kind, or none.
        c.monitors = Subject::new(&format!("supervisor {watcher}")).filter(|_| watcher > 0).map(|supervisor| Monitor {
            kind: if offered { LookKind::Review } else { LookKind::Monitor },
            session: MonitorSessionId(uuid(watcher)), supervisor, started_at: instant(0), until: instant(9), token: None, joined_at: None,
        }).into_iter().collect();
        c.attention = reasons.into_iter().map(|reason| (reason, instant(seconds[2]))).collect();
        match state {
            Standing::Open => {}
            Standing::Active if offered => c.offer = Some(Offer {
                id: OfferId(uuid(0)), kind: OfferKind::Assignment, agent, by: Subject::new("sam").unwrap(),
                units: 1, exceeded_by: 0, made_at: instant(0), due_at: instant(9),
            }),
            _ => c.primary = Some(Primary { agent, kind: AgentKind::Human, units: 1, holds: true }),
        }
        c
    }
}

pub(super) fn among<T: Copy + Ord + std::fmt::Debug + 'static>(
    all: impl AsRef<[T]>,
) -> impl Strategy<Value = Option<BTreeSet<T>>> {
    let all = all.as_ref();
    let some = subsequence(all.to_vec(), 0..=all.len()).prop_map(|some| some.into_iter().collect());
    prop_oneof![Just(None), some.prop_map(Some)]
}

/// Tags that come up again and again, and how they are asked for.
const TAGS: [&str; 3] = ["VIP", "Späte Lieferung", "refund"];
const FOLDED: [&str; 4] = ["vip", "spate lieferung", "refund", "nobody's"];

/// Supervisors who are asked for: some who look in these tests, and one who does not; mostly none.
fn any_watchers_asked() -> impl Strategy<Value = Option<BTreeSet<Subject>>> {
    let some = among(["supervisor 1", "supervisor 2", "nobody"]);
    let subjects = |names: BTreeSet<&str>| names.into_iter().filter_map(Subject::new).collect();
    let asked = some.prop_map(move |names| names.map(subjects));
    prop_oneof![3 => Just(None), 1 => asked]
}

/// Tags and priorities that are asked for; mostly none.
fn any_labels_asked()
-> impl Strategy<Value = (Option<BTreeSet<Arc<str>>>, Option<BTreeSet<Priority>>)> {
    let some = (among(FOLDED), among(Priority::ALL));
    let asked = some.prop_map(|(tags, priorities)| {
        let tags = tags.map(|tags| tags.into_iter().map(Into::into).collect());
        (tags, priorities)
    });
    prop_oneof![Just((None, None)), asked]
}

prop_compose! {
    pub(super) fn any_filter()(
        states in among(Standing::ALL), channels in among(Channel::ALL),
        queues in among(ids_of(0..4, QueueId)),
        agents in among(ids_of(0..5, AgentId)),
        sentiments in among(SentimentLevel::ALL), unassigned in any::<Option<bool>>(),
        attention in among(AttentionReason::ALL), needs_attention in any::<Option<bool>>(),
        labels in any_labels_asked(),
        monitored_by in any_watchers_asked(),
    ) -> Filter {
        let (tags, priorities) = labels;
        Filter {
            states, channels, queues, agents, sentiments, attention, needs_attention, unassigned, tags, priorities,
            monitored_by, text: None,
        }
    }
}

prop_compose! {
    pub(super) fn any_viewer()(
        roles in subsequence(vec![Role::CustomerGateway, Role::Agent, Role::Supervisor, Role::Administrator], 0..=2),
        queues in among(ids_of(0..3, QueueId)),
        channels in among(Channel::ALL), source in any_source(),
    ) -> Viewer {
        #[expect(clippy::disallowed_methods, reason = "a test of its own")]
        Viewer::of_verified_token(Claims {
            subject: Subject::new("who").unwrap(),
            roles: roles.into_iter().collect(),
            permissions: BTreeSet::new(),
            queues: queues.map_or(Scope::All, Scope::Only),
            channels: channels.map_or(Scope::All, Scope::Only),
            source,
            issued_at: instant(0),
            expires_at: instant(9),
            token_id: None,
        })
    }
}

fn matches(filter: &Filter, c: &Conversation) -> bool {
    fn has<T: Ord>(set: Option<&BTreeSet<T>>, one: &T) -> bool {
        set.is_none_or(|set| set.contains(one))
    }
    let agent = c.assigned_agent();
    has(filter.states.as_ref(), &c.state)
        && has(filter.channels.as_ref(), &c.channel)
        && has(filter.queues.as_ref(), &c.queue)
        && has(filter.sentiments.as_ref(), &c.sentiment.level)
        && has(filter.priorities.as_ref(), &c.priority)
        && filter
            .tags
            .as_ref()
            .is_none_or(|these| c.tags.iter().any(|tag| these.contains(tag.folded())))
        && filter
            .agents
            .as_ref()
            .is_none_or(|these| agent.is_some_and(|agent| these.contains(&agent)))
        && filter.monitored_by.as_ref().is_none_or(|these| {
            let looks = c.monitors.iter();
            looks
                .filter(|look| look.kind == LookKind::Monitor)
                .any(|look| these.contains(&look.supervisor))
        })
        && filter.unassigned.is_none_or(|un| un == agent.is_none())
        && filter
            .needs_attention
            .is_none_or(|needs| needs != c.attention.is_empty())
        && filter
            .attention
            .as_ref()
            .is_none_or(|these| c.attention.keys().any(|reason| these.contains(reason)))
}

/// What is seen, in order, by looking at every conversation.
fn plainly(
    state: &State,
    viewer: &Viewer,
    agent: &Agent,
    filter: &Filter,
    order: Order,
) -> Vec<ConversationId> {
    let seen = |c: &&Arc<Conversation>| {
        let sight = policy::sees(viewer.access(), Some(agent), c);
        // Whoever sees it as a gateway only does not know its tags.
        let by_tags = sight.agent || sight.supervisor || sight.administrator;
        // And only these know of looks.
        let by_looks = sight.supervisor || sight.administrator;
        sight.any()
            && (by_tags || filter.tags.is_none())
            && (by_looks || filter.monitored_by.is_none())
    };
    let mut all: Vec<_> = state.world.conversations.values().filter(seen).collect();
    all.retain(|c| matches(filter, c));
    all.sort_by_key(|c| {
        let value = order.field.value(c);
        let value = value.map(|value| if order.descending { -value } else { value });
        (value.is_none(), value, c.id)
    });
    all.into_iter().map(|c| c.id).collect()
}

fn ids(page: &Page) -> Vec<ConversationId> {
    page.rows.iter().map(|(_, c)| c.id).collect()
}

proptest! {
    #[test]
    fn a_page_is_the_part_of_the_ordered_list_that_was_asked_for(
        images in prop::collection::vec(any_conversation(), 0..40),
        viewer in any_viewer(), filter in any_filter(),
        field in select(OrderField::ALL.to_vec()), descending in any::<bool>(),
        count in 0..6_usize, from_end in any::<bool>(), from in any::<prop::sample::Index>(),
        member in among(ids_of(0..3, QueueId)),
    ) {
        let head = Head { epoch: uuid(0), position: 0, hash: 0 };
        let mut state = State::new(World::default(), HashMap::new(), head);
        for image in images {
            let after = After::Conversation(Arc::new(image));
            state.world.put(&after);
            let After::Conversation(image) = &after else { unreachable!() };
            state.rows.put(image);
        }
        let agent = Agent {
            id: AgentId(uuid(1)), subject: viewer.subject().clone(), name: "who".into(),
            kind: AgentKind::Human, presence: Presence::Available, presence_since: None, capacity: 3,
            queues: member.unwrap_or_default(), acknowledged: None, deleted_at: None,
        };
        let row_viewer = RowViewer::new(viewer.access(), Some(&agent));
        let order = Order { field, descending };
        let expected = plainly(&state, &viewer, &agent, &filter, order);

        let whole = Slice { after: None, before: None, count: 100, from_end };
        let all = state.page(row_viewer, &filter, order, whole);
        prop_assert_eq!(ids(&all), expected.clone());
        prop_assert_eq!(all.total, expected.len());
        prop_assert!(!all.has_next && !all.has_previous);
        prop_assert_eq!(state.summary(row_viewer, &filter).total as usize, expected.len());

        let place = (!expected.is_empty()).then(|| from.index(expected.len()));
        let after = place.map(|place| all.rows[place].0);
        let part = Slice { after, before: None, count, from_end };
        let part = state.page(row_viewer, &filter, order, part);
        let rest = &expected[place.map_or(0, |place| place + 1)..];
        let taken = count.min(rest.len());
        let wanted = if from_end { &rest[rest.len() - taken..] } else { &rest[..taken] };
        prop_assert_eq!(ids(&part), wanted);
        prop_assert_eq!(part.total, expected.len());
        prop_assert_eq!(part.has_next, !from_end && taken < rest.len());
        prop_assert_eq!(part.has_previous, after.is_some() || (from_end && taken < rest.len()));
    }
}
