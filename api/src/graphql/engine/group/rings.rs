//! What all groups together keep ready.
//!
//! A ring keeps what its members have read, for whoever comes a moment later. With many groups that
//! adds up, so it is bounded for all of a server, with the answers that are kept (`budget`). Invariant: after each
//! push rings and answers have no more bytes together than allowed. Where they had, the answers go, and if the rings
//! alone have more than three quarters each ring keeps no more than an equal share of half of the budget: the large
//! shrink first, and the next time is far off. Members that had read what goes notice nothing, the
//! others go on alone; nobody loses or repeats an event. It costs one counter for each event of a group,
//! and nothing for each member.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::{Group, Question};
use crate::graphql::engine::answers::Answers;
use crate::graphql::engine::budget::Budget;

/// The groups of one server, and what their rings have.
pub(super) struct Rings {
    budget: Arc<Budget>,
    answers: Arc<Answers>,
    known: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    /// Those that can be joined.
    groups: HashMap<Question, Weak<Group>>,
    /// Those that somebody is in, ended or not.
    all: Vec<Weak<Group>>,
}

impl Rings {
    /// None so far, in a budget which they have in common with these answers.
    pub(super) fn new(budget: Arc<Budget>, answers: Arc<Answers>) -> Self {
        Self {
            budget,
            answers,
            known: Mutex::default(),
        }
    }

    /// The group of this question; begun if there is none that runs.
    pub(super) fn join(
        &self,
        question: &Question,
        begin: impl FnOnce() -> Arc<Group>,
    ) -> Arc<Group> {
        let mut known = self.known();
        let running = known.groups.get(question).and_then(Weak::upgrade);
        if let Some(group) = running.filter(|group| !group.has_ended()) {
            return group;
        }
        known.groups.retain(|_, group| group.strong_count() > 0);
        let group = begin();
        known
            .groups
            .insert(question.clone(), Arc::downgrade(&group));
        known.add(&group);
        group
    }

    /// A ring had so many bytes, and has so many now.
    pub(super) fn count(&self, before: usize, now: usize) {
        self.budget.count(before, now);
    }

    /// Makes room where there is too much.
    pub(super) fn make_room(&self) {
        if !self.budget.is_exceeded() {
            return;
        }
        self.answers.clear();
        let known = self.known();
        // Whoever had the lock before may have made room. Rings alone that fill it leave none for answers, which would
        // then be kept for nobody.
        if self.budget.bytes() <= self.budget.most() / 4 * 3 {
            return;
        }
        let all: Vec<_> = known.all.iter().filter_map(Weak::upgrade).collect();
        let share = self.budget.most() / 2 / all.len().max(1);
        for group in &all {
            group.keep_within(share);
        }
        // First, since the last of a group may go with these.
        drop(known);
    }

    fn known(&self) -> MutexGuard<'_, Table> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn add(&mut self, group: &Arc<Group>) {
        self.all.retain(|group| group.strong_count() > 0);
        self.all.push(Arc::downgrade(group));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::OnceLock;
    use std::task::{Context, Poll, Waker};

    use bytes::Bytes;

    use super::super::{Item, Member, RING_SHARE, Ready};
    use super::*;
    use crate::graphql::engine::Payload;
    use engine::dispatch::{Dispatcher, Mail, ReaderOf, Topic};
    use engine::log::Head;
    use uuid::Uuid;

    const MOST: usize = 100_000;
    /// More than enough for what these tests push.
    const MEMBERS: usize = 1_000;

    /// Mail for a reader whom nothing reaches.
    fn mail() -> Arc<Mail> {
        let reader = ReaderOf {
            access: &Arc::default(),
            subject: None,
            topic: Topic::Visible,
        };
        let dispatcher = Arc::new(Dispatcher::new(HEAD));
        Arc::new(dispatcher.register(&reader, |_| None))
    }

    fn group(rings: &Arc<Rings>) -> Arc<Group> {
        let group = Arc::new(Group {
            ready: Arc::new(Ready::new(0)),
            task: OnceLock::new(),
            rings: rings.clone(),
            mail: Some(mail()),
        });
        rings.known().add(&group);
        group
    }

    fn push(group: &Group, position: i64, bytes: usize) {
        let json = Bytes::from(vec![b'x'; bytes]);
        let item = Item::Ready(Payload::alone(json));
        group.push(position, item, MEMBERS);
    }

    fn bytes(groups: &[Arc<Group>]) -> usize {
        let of = |group: &Arc<Group>| group.ready.bytes();
        groups.iter().map(of).sum()
    }

    fn counted(rings: &Rings) -> usize {
        rings.budget.bytes()
    }

    const HEAD: Head = Head {
        epoch: Uuid::nil(),
        position: 0,
        hash: 0,
    };

    fn rings_of(most: usize) -> Arc<Rings> {
        let budget = Arc::new(Budget::new(most));
        let answers = Arc::new(Answers::new(HEAD, budget.clone()));
        Arc::new(Rings::new(budget, answers))
    }

    /// Reads what there is; whether the member can go on here.
    fn read(member: &mut Member, seen: &mut Vec<i64>) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        loop {
            match member.poll_next(&mut context) {
                Poll::Ready(Some(_)) => seen.push(member.reader.position()),
                Poll::Ready(None) => return false,
                Poll::Pending => return true,
            }
        }
    }

    #[test]
    fn all_rings_together_keep_no_more_than_they_may_however_many_there_are() {
        let rings = rings_of(MOST);
        let groups: Vec<_> = (0..500).map(|_| group(&rings)).collect();
        let mut largest = 0;
        for position in 1..=40 {
            for group in &groups {
                push(group, position, 900);
                assert!(counted(&rings) <= MOST, "at {position}");
                largest = largest.max(counted(&rings));
            }
            assert_eq!(counted(&rings), bytes(&groups));
        }
        assert!(largest > MOST / 2, "it keeps what there is room for");
        drop(groups);
        assert_eq!(counted(&rings), 0, "what is gone takes nothing");
    }

    #[test]
    fn whoever_reads_in_time_notices_nothing_and_the_others_lose_and_repeat_nothing() {
        let rings = rings_of(MOST);
        let (ours, others) = (group(&rings), [group(&rings), group(&rings)]);
        let mut prompt = Member::new(ours.clone(), 0);
        let mut slow = Member::new(ours.clone(), 0);
        let (mut seen, mut late, mut fell_out) = (Vec::new(), Vec::new(), 0);
        for position in 1..=300 {
            push(&ours, position, 1_000);
            ours.ready.tell();
            assert!(read(&mut prompt, &mut seen), "at {position}");
            for other in &others {
                push(other, position, 5_000);
            }
            if position % 100 == 0 && !read(&mut slow, &mut late) {
                fell_out += 1;
                // It goes on alone from where it is, and comes back where it is level.
                let alone = slow.position() + 1..=position;
                late.extend(alone);
                assert!(ours.is_level_with(position));
                slow = Member::new(ours.clone(), position);
            }
        }
        let all: Vec<i64> = (1..=300).collect();
        assert_eq!(seen, all);
        assert_eq!(late, all);
        assert!(fell_out > 0, "nothing was dropped");
    }

    #[test]
    fn kept_answers_go_before_anything_of_a_ring() {
        let rings = rings_of(MOST);
        let group = group(&rings);
        push(&group, 1, MOST / 2);
        let had = group.ready.bytes();
        rings.answers.weigh(MOST / 2);
        push(&group, 2, 1_000);
        assert_eq!(counted(&rings), group.ready.bytes(), "no answer is left");
        assert!(group.ready.bytes() > had + 1_000, "and the ring has all");
    }

    #[test]
    fn rings_that_fill_the_budget_leave_room_for_answers_again() {
        let rings = rings_of(MOST);
        let group = group(&rings);
        for position in 1..=9 {
            push(&group, position, MOST / 10);
        }
        assert!(group.ready.bytes() > MOST / 4 * 3);
        rings.answers.weigh(MOST / 5);
        push(&group, 10, 100);
        assert!(group.ready.bytes() <= MOST / 2, "{}", group.ready.bytes());
        rings.answers.weigh(MOST / 4);
        push(&group, 11, 100);
        assert!(counted(&rings) > group.ready.bytes(), "the answers stay");
    }

    #[test]
    fn the_large_make_room_for_the_small() {
        let rings = rings_of(MOST);
        let (large, small) = (group(&rings), group(&rings));
        push(&small, 1, 3_000);
        let mut member = Member::new(small.clone(), 0);
        for position in 1..=200 {
            push(&large, position, 2_000);
        }
        assert!(read(&mut member, &mut Vec::new()), "it had its share");
        assert!(!read(&mut Member::new(large, 0), &mut Vec::new()));
    }

    #[test]
    fn a_ring_keeps_what_its_members_count_for_and_who_is_behind_that_goes_on_alone() {
        let rings = rings_of(100 * RING_SHARE);
        let group = group(&rings);
        let json = Bytes::from(vec![b'x'; 1_000]);
        let push = |position, members| {
            let json = json.clone();
            group.push(position, Item::Ready(Payload::alone(json)), members);
            counted(&rings)
        };
        for position in 1..=200 {
            let bytes = push(position, 1);
            assert!(bytes <= RING_SHARE, "{bytes} at {position}");
        }
        let kept = counted(&rings);
        assert!(kept > RING_SHARE - 2_000, "{kept}");
        let (mut prompt, mut seen) = (Member::new(group.clone(), 190), Vec::new());
        assert!(read(&mut prompt, &mut seen));
        assert_eq!(seen, (191..=200).collect::<Vec<_>>());
        assert!(!read(&mut Member::new(group.clone(), 1), &mut Vec::new()));
        for position in 201..=400 {
            assert!(push(position, 3) <= 3 * RING_SHARE);
        }
        assert!(counted(&rings) > 2 * RING_SHARE);
        assert!(push(401, 1) <= RING_SHARE, "two have left");
        // One that is larger than all of that is for those who execute it themselves.
        let json = Bytes::from(vec![b'x'; RING_SHARE]);
        group.push(402, Item::Ready(Payload::alone(json)), 1);
        assert_eq!(counted(&rings), 0);
        assert!(!read(&mut Member::new(group.clone(), 401), &mut Vec::new()));
        assert!(read(&mut Member::new(group, 402), &mut Vec::new()));
    }

    #[test]
    fn a_group_that_has_ended_makes_room_like_the_others() {
        let rings = rings_of(MOST);
        let (ended, runs) = (group(&rings), group(&rings));
        for position in 1..=60 {
            push(&ended, position, 1_000);
        }
        ended.ready.end(None);
        for position in 1..=60 {
            push(&runs, position, 1_000);
        }
        assert!(ended.ready.bytes() <= MOST / 4);
        assert!(counted(&rings) <= MOST);
    }
}
