//! Which facts of a conversation a view asks for, by its filter and its order, and for whom it may.
//!
//! Every condition and every order has its fact here, without a wildcard; who may know a fact is what the domain's
//! table says. A condition on a fact that is not the viewer's to know is never met, and in an order by such a fact
//! the conversation has no value: neither tells of it. What everybody may know costs a row nothing.

use super::rows::Rows;
use super::view::{Filter, OrderField, RowViewer};
use domain::Conversation;
use domain::audience::{Audience, Fact};

impl OrderField {
    /// By which fact it orders.
    pub const fn fact(self) -> Fact {
        match self {
            Self::WaitingTime => Fact::WaitingSince,
            Self::Start => Fact::StartedAt,
            Self::Sentiment => Fact::Sentiment,
            Self::LastActivity => Fact::LastActivityAt,
            Self::Attention => Fact::Attention,
            Self::Priority => Fact::Priority,
        }
    }
}

impl Filter {
    /// Which facts its conditions ask for.
    pub fn facts(&self) -> impl Iterator<Item = Fact> {
        let Self {
            states,
            channels,
            queues,
            agents,
            sentiments,
            attention,
            needs_attention,
            unassigned,
            tags,
            priorities,
            monitored_by,
            text,
        } = self;
        let of_whom = [Fact::Primary, Fact::Offer].map(|fact| (agents.is_some(), fact));
        let of_nobody = [Fact::Primary, Fact::Offer].map(|fact| (unassigned.is_some(), fact));
        let others = [
            (states.is_some(), Fact::State),
            (channels.is_some(), Fact::Channel),
            (queues.is_some(), Fact::Queue),
            (sentiments.is_some(), Fact::Sentiment),
            (attention.is_some(), Fact::Attention),
            (needs_attention.is_some(), Fact::Attention),
            (tags.is_some(), Fact::Tags),
            (priorities.is_some(), Fact::Priority),
            (monitored_by.is_some(), Fact::Looks),
            (text.is_some(), Fact::Names),
        ];
        let all = others.into_iter().chain(of_whom).chain(of_nobody);
        all.filter_map(|(asked, fact)| asked.then_some(fact))
    }
}

/// The facts that a viewer asks for and that not everybody may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked(Vec<Fact>);

impl Asked {
    /// By these.
    pub(super) fn of(facts: impl IntoIterator<Item = Fact>) -> Self {
        let facts = facts.into_iter();
        Self(
            facts
                .filter(|fact| fact.audience() != Audience::Everybody)
                .collect(),
        )
    }

    /// Whether everybody may know all of them.
    pub(super) const fn is_plain(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the row_viewer may know all of them of this conversation.
    pub(super) fn is_known_to(
        &self,
        row_viewer: RowViewer<'_>,
        conversation: &Conversation,
    ) -> bool {
        self.is_plain() || {
            let observer = row_viewer.observer(conversation);
            self.0.iter().all(|fact| observer.knows(*fact))
        }
    }
}

/// An order for an row_viewer: what a conversation is ordered by, as far as the row_viewer may know it.
#[derive(Clone, Debug)]
pub(super) struct Ranking<'a> {
    field: OrderField,
    row_viewer: RowViewer<'a>,
    asked: Asked,
}

impl<'a> Ranking<'a> {
    /// By this field.
    pub(super) fn new(field: OrderField, row_viewer: RowViewer<'a>) -> Self {
        Self {
            field,
            row_viewer,
            asked: Asked::of([field.fact()]),
        }
    }

    /// The value of a conversation.
    pub(super) fn value(&self, conversation: &Conversation) -> Option<i64> {
        let known = self.asked.is_known_to(self.row_viewer, conversation);
        known.then(|| self.field.value(conversation)).flatten()
    }

    /// The value of a row.
    pub(super) fn of_row(&self, rows: &Rows, row: usize) -> Option<i64> {
        let known =
            self.asked.is_plain() || self.asked.is_known_to(self.row_viewer, rows.image(row));
        known.then(|| rows.value(self.field, row)).flatten()
    }
}
