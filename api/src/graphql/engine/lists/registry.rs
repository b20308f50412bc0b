//! Which live lists run at this server, who has them, and what they may take.
//!
//! Invariants: no subject has more different lists than allowed, and all lists together count for no
//! more bytes than allowed. Both include the lists that nobody has and that are kept for a while, for
//! whoever comes back; those are evicted first, oldest first, then what rings keep for who resumes or is
//! slow, before anybody goes without a list. Nothing is released where that is seen not to be enough. Each list is
//! in the account of one subject (`holdings`): of who began it, after them of another who has it, and while it
//! is kept of who left it last. Whoever comes finds every list that is in here. Executes nothing, and waits for nothing but a ring's lock: that of
//! the registry comes first, and no other is taken under it.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_graphql::ServerError;
use tokio::time::Instant;

use super::{Engine, ListGroup, STEP, Work, locked};
use crate::graphql::engine::holdings::{Held, Holdings, HoldsTooMuch};
use crate::graphql::engine::question::Question;
use crate::graphql::gate::{ListLimits, limit_exceeded};
use domain::Subject;
use engine::live::list::ListFollower;

mod account;

/// The lists of one server.
pub(in crate::graphql::engine) struct ListGroups {
    pub(super) limits: ListLimits,
    holdings: Holdings,
    registry: Mutex<Registry>,
}

#[derive(Default)]
struct Registry {
    numbers: HashMap<Question, u64>,
    lists: HashMap<u64, Registered>,
    /// How often each subject has which list; a list that is kept, no times for who left it last.
    subjects: HashMap<Subject, HashMap<u64, usize>>,
    bytes: usize,
    latest: u64,
}

struct Registered {
    question: Question,
    group: Arc<ListGroup>,
    members: usize,
    /// Since when nobody has it, and who left it last.
    kept: Option<(Instant, Subject)>,
    bytes: usize,
    /// Its entry in the account of who pays for it.
    held: Held,
}

/// Somebody's having a list. The list stays in the registry for as long as this lives.
pub(in crate::graphql::engine) struct ListHandle {
    pub(super) engine: Engine,
    pub(super) group: Arc<ListGroup>,
    subject: Subject,
    /// Whether the list is not to be kept when this was its last handle.
    refused: bool,
}

impl ListHandle {
    /// Whether it is in the same list as the other.
    pub(in crate::graphql::engine) fn is_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.group, &other.group)
    }

    /// Waits until there is a list; why there is none, if there cannot be one.
    pub(in crate::graphql::engine) async fn begun(&self) -> Result<(), Vec<ServerError>> {
        self.group.begun().await
    }

    /// Takes the handle, now that it is known how many bytes the list has; refused if its subject pays for it and
    /// holds too much.
    pub(in crate::graphql::engine) fn take(&mut self) -> Result<(), ServerError> {
        let taken = self.engine.0.lists.take(self.group.number, &self.subject);
        self.refused = taken.is_err();
        taken.map_err(HoldsTooMuch::error)
    }
}

impl Drop for ListHandle {
    fn drop(&mut self) {
        let lists = &self.engine.0.lists;
        let keep = !self.refused && !lists.limits.linger.is_zero();
        lists.leave(self.group.number, &self.subject, keep);
    }
}

impl ListGroups {
    /// None yet; what they take is in these accounts.
    pub(in crate::graphql::engine) fn new(limits: ListLimits, holdings: Holdings) -> Self {
        Self {
            limits,
            holdings,
            registry: Mutex::default(),
        }
    }

    /// A handle in the list of this question, begun if there is none; refused if the subject has too many
    /// others. What it is taken `instead` of is given up next, and does not count.
    pub(in crate::graphql::engine) fn join(
        &self,
        engine: &Engine,
        question: &Question,
        subject: &Subject,
        instead: Option<&ListHandle>,
        work: impl FnOnce() -> (Work, ListFollower),
    ) -> Result<ListHandle, ServerError> {
        // Dropped after the lock was let go.
        let mut gone = Vec::new();
        let mut registry = locked(&self.registry);
        let known = registry.numbers.get(question).copied();
        while let Some(others) = registry.others(subject, known, instead)
            && others >= self.limits.per_viewer
        {
            let Some(kept) = registry.oldest_kept(subject) else {
                let (allowed, found) = (self.limits.per_viewer as u64, others as u64 + 1);
                let unit = "live lists of one subject";
                return Err(limit_exceeded("liveListsPerViewer", unit, allowed, found));
            };
            gone.extend(registry.remove(kept));
        }
        let group = registry.take_handle(known, question, self.holdings.open(subject), work);
        drop(registry);
        drop(gone);
        Ok(ListHandle {
            engine: engine.clone(),
            group,
            subject: subject.clone(),
            refused: false,
        })
    }

    fn leave(&self, number: u64, subject: &Subject, keep: bool) {
        let mut registry = locked(&self.registry);
        let gone = registry.leave(number, subject, keep);
        drop(registry);
        drop(gone);
    }

    /// Lets a list go that nobody has had since then; whether it is gone.
    pub(super) fn let_go(&self, number: u64, since: Instant) -> bool {
        let mut registry = locked(&self.registry);
        let registered = registry.lists.get(&number);
        let kept = registered.and_then(|registered| registered.kept.as_ref());
        if kept.is_none_or(|(left, _)| *left != since) {
            return registered.is_none();
        }
        let gone = registry.remove(number);
        drop(registry);
        drop(gone);
        true
    }

    /// Nobody joins this list any more.
    pub(super) fn end(&self, number: u64) {
        let gone = locked(&self.registry).remove(number);
        drop(gone);
    }

    /// Counts what a list takes now. Where that is too much, others are evicted, or what the list itself has
    /// in its ring; refused if that is not enough, with all as before if that is seen beforehand (`make_room`).
    pub(super) fn count(&self, number: u64, bytes: usize) -> Result<(), ServerError> {
        // Dropped after the lock was let go.
        let mut gone = Vec::new();
        let mut registry = locked(&self.registry);
        let Some(before) = registry
            .lists
            .get(&number)
            .map(|registered| registered.bytes)
        else {
            return Ok(());
        };
        let (total, allowed) = (registry.bytes - before + bytes, self.limits.bytes);
        let Some(own) = registry.make_room(number, total.saturating_sub(allowed), &mut gone) else {
            let unit = "bytes of live lists at this server";
            let (allowed, found) = (allowed as u64, total as u64);
            return Err(limit_exceeded("liveListBytes", unit, allowed, found));
        };
        registry.set_bytes(number, bytes - own);
        if bytes > before {
            self.keep_within_account(&mut registry, number, &mut gone);
        }
        drop(registry);
        drop(gone);
        Ok(())
    }
}

impl Registry {
    /// How many lists a subject has beside the one that they ask for; none if they have that one already.
    /// What they are about to give up does not count.
    fn others(
        &self,
        subject: &Subject,
        asked: Option<u64>,
        instead: Option<&ListHandle>,
    ) -> Option<usize> {
        let Some(theirs) = self.subjects.get(subject) else {
            return Some(0);
        };
        if asked.is_some_and(|asked| theirs.contains_key(&asked)) {
            return None;
        }
        let times = instead.and_then(|handle| theirs.get(&handle.group.number));
        Some(theirs.len() - usize::from(times == Some(&1)))
    }

    /// A place in the list of this number, or in one that begins.
    fn take_handle(
        &mut self,
        known: Option<u64>,
        question: &Question,
        entry: Held,
        work: impl FnOnce() -> (Work, ListFollower),
    ) -> Arc<ListGroup> {
        let subject = entry.subject().clone();
        let number = known.unwrap_or_else(|| {
            self.latest += 1;
            self.numbers.insert(question.clone(), self.latest);
            self.latest
        });
        let registered = self.lists.entry(number).or_insert_with(|| {
            let (work, follower) = work();
            Registered {
                question: question.clone(),
                group: ListGroup::begin(work, follower, number),
                members: 0,
                kept: None,
                bytes: 0,
                held: entry,
            }
        });
        registered.members += 1;
        let group = registered.group.clone();
        if let Some((_, left)) = registered.kept.take() {
            group.vacant.send_replace(None);
            registered.held.pass_to(&subject);
            self.forget(number, &left);
        }
        let theirs = self.subjects.entry(subject).or_default();
        *theirs.entry(number).or_default() += 1;
        group
    }

    fn leave(&mut self, number: u64, subject: &Subject, keep: bool) -> Option<Arc<ListGroup>> {
        let theirs = self.subjects.get_mut(subject);
        let times = theirs.and_then(|theirs| theirs.get_mut(&number));
        let left = times.map_or(0, |times| {
            *times -= 1;
            *times
        });
        let vacant = self.lists.get_mut(&number).is_some_and(|registered| {
            registered.members -= 1;
            registered.members == 0
        });
        if vacant && keep {
            let since = Instant::now();
            let registered = self.lists.get_mut(&number)?;
            registered.kept = Some((since, subject.clone()));
            registered.group.vacant.send_replace(Some(since));
            return None;
        }
        if left == 0 {
            self.forget(number, subject);
        }
        if vacant {
            return self.remove(number);
        }
        if left == 0 {
            self.pass_on(number, subject);
        }
        None
    }

    /// The list that nobody has had for longest of those that this subject left.
    fn oldest_kept(&self, of: &Subject) -> Option<u64> {
        let kept = self.kept().into_iter();
        let mut theirs = kept.filter(|(_, _, left)| *left == of);
        theirs.next().map(|(_, number, _)| number)
    }

    /// The lists that nobody has, and who left each last; those that nobody has had for longest come first.
    fn kept(&self) -> Vec<(Instant, u64, &Subject)> {
        let kept = self.lists.iter().filter_map(|(number, registered)| {
            let (since, left) = registered.kept.as_ref()?;
            Some((*since, *number, left))
        });
        let mut kept: Vec<_> = kept.collect();
        kept.sort_unstable_by_key(|(since, number, _)| (*since, *number));
        kept
    }

    /// Makes room for so many more bytes of this list; how many of them its own ring gave. None where there
    /// is not so much to give, and then nothing was evicted; a ring that changes between being asked and giving
    /// may give less than it said, and then it is none though others gave. A list that nobody has takes nothing
    /// from those that somebody has.
    fn make_room(
        &mut self,
        of: u64,
        needed: usize,
        gone: &mut Vec<Arc<ListGroup>>,
    ) -> Option<usize> {
        if needed == 0 {
            return Some(0);
        }
        let older = self.kept().into_iter().map(|(_, number, _)| number);
        let kept: Vec<u64> = older.take_while(|number| *number != of).collect();
        let rings = self.rings(of);
        let give = kept.iter().map(|number| self.lists[number].bytes);
        let give = give.sum::<usize>() + rings.iter().map(|(_, bytes)| bytes).sum::<usize>();
        if give < needed {
            return None;
        }
        let (mut left, mut own) = (needed, 0);
        for number in kept {
            if left > 0 {
                left = left.saturating_sub(self.lists[&number].bytes);
                gone.extend(self.remove(number));
            }
        }
        for (number, _) in rings {
            if left > 0 {
                let registered = &self.lists[&number];
                let freed = in_steps(registered.group.trim());
                left = left.saturating_sub(freed);
                if number == of {
                    own = freed;
                } else {
                    let bytes = registered.bytes.saturating_sub(freed);
                    self.set_bytes(number, bytes);
                }
            }
        }
        (left == 0).then_some(own)
    }

    /// What the rings of lists that somebody has would give for this one: its own first, then the largest.
    fn rings(&self, of: u64) -> Vec<(u64, usize)> {
        let is_had = |registered: &Registered| registered.kept.is_none();
        if !self.lists.get(&of).is_some_and(is_had) {
            return Vec::new();
        }
        let had = self
            .lists
            .iter()
            .filter(|(_, registered)| is_had(registered));
        let spare =
            had.map(|(number, registered)| (*number, in_steps(registered.group.trimmable_bytes())));
        let mut rings: Vec<_> = spare.filter(|(_, bytes)| *bytes > 0).collect();
        rings.sort_unstable_by_key(|(number, bytes)| (*number != of, Reverse(*bytes)));
        rings
    }

    fn set_bytes(&mut self, number: u64, bytes: usize) {
        if let Some(registered) = self.lists.get_mut(&number) {
            self.bytes = self.bytes - registered.bytes + bytes;
            registered.bytes = bytes;
            registered.held.set(bytes);
        }
    }

    fn remove(&mut self, number: u64) -> Option<Arc<ListGroup>> {
        let registered = self.lists.remove(&number)?;
        self.numbers.remove(&registered.question);
        self.bytes -= registered.bytes;
        if let Some((_, left)) = &registered.kept {
            self.forget(number, left);
        }
        Some(registered.group)
    }

    fn forget(&mut self, number: u64, subject: &Subject) {
        if let Some(theirs) = self.subjects.get_mut(subject) {
            theirs.remove(&number);
            if theirs.is_empty() {
                self.subjects.remove(subject);
            }
        }
    }
}

/// What of these bytes the registry counts.
const fn in_steps(bytes: usize) -> usize {
    bytes / STEP * STEP
}
