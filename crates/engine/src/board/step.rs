//! What an event changes in what a list shows, whatever its rows are.

use std::fmt::Debug;
use std::sync::Arc;

use super::places::Shift;
use domain::{Conversation, ConversationId};

/// A row of a list.
pub trait Listed: Clone + Debug + PartialEq {
    /// By what a row is known.
    type Id: Copy + Debug + PartialEq + Eq;
}

impl Listed for Conversation {
    type Id = ConversationId;
}

/// What an event changes in the shown part of a list. In their order, each on what the ones before left.
#[derive(Clone, Debug, PartialEq)]
pub enum Step<T: Listed = Conversation> {
    /// It is shown from now on, at this place.
    Entered(usize, Arc<T>),
    /// It is another, or what is shown beside it, and stays at this place.
    Updated(usize, Arc<T>),
    /// It is another, and comes to this place; counted without it.
    Moved(usize, Arc<T>),
    /// It is not shown any more.
    Left(T::Id, Leaving),
}

/// Why a row is not shown any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// It is there no more: a conversation closed, an agent was deleted.
    Ended,
    /// It is not among what is asked for.
    Unmatched,
    /// Others come before it.
    PushedOut,
    /// The viewer does not see it.
    Unseen,
}

/// What an event is to a list.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<T: Listed = Conversation> {
    /// Nothing that is shown.
    Nothing,
    /// These steps; none of them: only how many there are in all is another.
    Changed(Vec<Step<T>>),
    /// It cannot be told from the event: the list must be taken again.
    Unknown(RetakeReason),
    /// The organisation has switched off what the list shows: it ends.
    Disabled,
}

/// Why a list must be taken again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetakeReason {
    /// The viewer, an agent, sees other conversations than before.
    Sight,
    /// A customer has another name, and a text is looked for.
    Names,
}

/// A row that went from a place to another.
pub(super) struct Gone<'a, T: Listed> {
    /// Which.
    pub id: T::Id,
    /// As it is now; none: it is in the list no more.
    pub row: Option<&'a Arc<T>>,
    /// Why it is not shown, if it is not.
    pub leaving: Leaving,
    /// Whether it is to be told where it stays.
    pub told: bool,
}

impl<T: Listed> Gone<'_, T> {
    /// The steps to what is shown after this shift. `look_up` gives the row of a place, and by what it is known.
    pub(super) fn steps<K>(
        self,
        shift: Shift<K>,
        look_up: impl Fn(&K) -> (T::Id, Option<Arc<T>>),
    ) -> Vec<Step<T>> {
        let row = self.row.cloned();
        match shift {
            Shift::Unseen => Vec::new(),
            Shift::Stays(index) => {
                let row = row.filter(|_| self.told);
                row.map(|row| Step::Updated(index, row))
                    .into_iter()
                    .collect()
            }
            Shift::Moves(index) => row.map(|row| Step::Moved(index, row)).into_iter().collect(),
            Shift::Leaves(next) => {
                let next = next.and_then(|(index, place)| Some((index, look_up(&place).1?)));
                let next = next.map(|(index, row)| Step::Entered(index, row));
                [Step::Left(self.id, self.leaving)]
                    .into_iter()
                    .chain(next)
                    .collect()
            }
            Shift::Enters(index, pushed) => {
                let pushed = pushed.map(|place| Step::Left(look_up(&place).0, Leaving::PushedOut));
                let entered = row.map(|row| Step::Entered(index, row));
                pushed.into_iter().chain(entered).collect()
            }
        }
    }
}
