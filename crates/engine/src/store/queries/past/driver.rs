//! Conditions that have a set of their own in the database.

use sea_orm::sea_query::{Expr, Query, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait, ExprTrait};

use super::PastFilter;
use domain::policy::Reach;
use domain::{AgentId, CustomerId};
use entity::tables::{conversation, participant};

/// A condition with a set of its own: which conversations meet it can be read without looking at the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Driver {
    /// An agent's who was primary at any time.
    Agent(AgentId),
    /// A customer's.
    Customer(CustomerId),
}

impl Driver {
    /// All that bound the whole list.
    pub(super) fn all(reach: &Reach, filter: &PastFilter) -> Vec<Self> {
        let own = Reach {
            primary: None,
            ..reach.clone()
        };
        // Where nothing else is within reach, a viewer's own conversations bound it too.
        let own = (own == Reach::default()).then_some(reach.primary).flatten();
        Self::asked(filter).chain(own.map(Self::Agent)).collect()
    }

    /// Those that the filter asks for.
    pub(super) fn asked(filter: &PastFilter) -> impl Iterator<Item = Self> {
        let agent = filter.agent.map(Self::Agent);
        agent.into_iter().chain(filter.customer.map(Self::Customer))
    }

    /// The ids of the conversations that meet it; one may be there more than once.
    pub(super) fn members(&self) -> SelectStatement {
        match self {
            Self::Agent(agent) => stays(*agent)
                .column(participant::Column::ConversationId)
                .take(),
            Self::Customer(customer) => Query::select()
                .column(conversation::Column::Id)
                .from(conversation::Entity)
                .and_where(conversation::Column::CustomerId.eq(*customer))
                .take(),
        }
    }

    /// The same as a condition on one conversation.
    pub(super) fn condition(&self) -> SimpleExpr {
        match self {
            Self::Agent(agent) => was_primary(*agent),
            Self::Customer(customer) => conversation::Column::CustomerId.eq(*customer),
        }
    }
}

/// That this agent is or was the primary agent of the conversation.
pub(super) fn was_primary(agent: AgentId) -> SimpleExpr {
    let mine = Expr::col((participant::Entity, participant::Column::ConversationId))
        .equals((conversation::Entity, conversation::Column::Id));
    Expr::exists(stays(agent).expr(Expr::val(1)).and_where(mine).take())
}

/// The stays of this agent as primary agent.
fn stays(agent: AgentId) -> SelectStatement {
    Query::select()
        .from(participant::Entity)
        // Written out, so that both planners see the partial index's own condition.
        .and_where(Expr::cust("participants.role = 'PRIMARY_AGENT'"))
        .and_where(participant::Column::Who.eq(agent.to_string()))
        .take()
}
