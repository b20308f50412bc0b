//! Conditions that have a set of their own in the database.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use sea_orm::sea_query::{Expr, Query, SelectStatement, SimpleExpr, UnionType};
use sea_orm::{ColumnTrait, Condition, ExprTrait};

use super::PastFilter;
use super::conditions::hidden;
use domain::fold::Search;
use domain::policy::Reach;
use domain::{AgentId, CustomerId};
use entity::tables::{
    conversation, conversation_tag, conversation_word, customer, customer_word, participant,
};

/// How many words of a search are counted to find the rarest.
const COUNTED_WORDS: usize = 6;
/// The column of a driver's members.
pub(super) const MEMBER: &str = "member";

/// A condition with a set of its own: which conversations meet it can be read without looking at the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Driver {
    /// An agent's who was primary at any time.
    Agent(AgentId),
    /// A customer's, under whichever id of theirs.
    Customer(CustomerId),
    /// Those with one of these tags.
    Tags(BTreeSet<Arc<str>>),
    /// Those closed with one of these dispositions.
    Dispositions(BTreeSet<Arc<str>>),
    /// Those rated with one of these scores.
    Ratings(BTreeSet<u8>),
    /// Those whose subject or customer's name has a word that begins so.
    Word(Box<str>),
}

impl Driver {
    /// Those that bound the whole list: of many words the longest, which few have.
    pub(super) fn some(reach: &Reach, filter: &PastFilter) -> Vec<Self> {
        let own = Reach {
            primary: None,
            ..reach.clone()
        };
        // Where nothing else is within reach, a viewer's own conversations bound it too.
        let own = (own == Reach::default()).then_some(reach.primary).flatten();
        let asked = Self::asked(filter).chain(own.map(Self::Agent));
        let (mut words, mut all): (Vec<_>, Vec<_>) =
            asked.partition(|one| matches!(one, Self::Word(_)));
        words.sort_by_key(|one| match one {
            Self::Word(word) => Reverse(word.len()),
            _ => Reverse(0),
        });
        words.truncate(COUNTED_WORDS);
        all.append(&mut words);
        all
    }

    /// Those that the filter asks for.
    pub(super) fn asked(filter: &PastFilter) -> impl Iterator<Item = Self> {
        let agent = filter.agent.map(Self::Agent);
        let words = filter.text.iter().flat_map(Search::words);
        let words = words.map(|word| Self::Word(word.into()));
        let customer = filter.customer.map(Self::Customer);
        let tags = filter.tags.clone().map(Self::Tags);
        let dispositions = filter.dispositions.clone().map(Self::Dispositions);
        let ratings = filter.ratings.clone().map(Self::Ratings);
        let others = tags.into_iter().chain(dispositions).chain(ratings);
        agent.into_iter().chain(customer).chain(others).chain(words)
    }

    /// The ids of the conversations that meet it, as [`MEMBER`]; one may be there more than once.
    pub(super) fn members(&self) -> SelectStatement {
        match self {
            Self::Agent(agent) => stays(*agent)
                .expr_as(Expr::col(participant::Column::ConversationId), MEMBER)
                .take(),
            Self::Customer(customer) => Query::select()
                .expr_as(Expr::col(conversation::Column::Id), MEMBER)
                .from(conversation::Entity)
                .and_where(is_of(*customer))
                .take(),
            Self::Tags(tags) => tagged(tags)
                .expr_as(Expr::col(conversation_tag::Column::ConversationId), MEMBER)
                .take(),
            Self::Dispositions(_) | Self::Ratings(_) => Query::select()
                .expr_as(Expr::col(conversation::Column::Id), MEMBER)
                .from(conversation::Entity)
                .and_where(self.condition())
                .take(),
            Self::Word(word) => {
                let of_names = Query::select()
                    .column((conversation::Entity, conversation::Column::Id))
                    .from(conversation::Entity)
                    .inner_join(customer_word::Entity, same_customer())
                    .cond_where(begins_with(customer_word::Column::Word, word))
                    .take();
                Query::select()
                    .expr_as(Expr::col(conversation_word::Column::ConversationId), MEMBER)
                    .from(conversation_word::Entity)
                    .cond_where(begins_with(conversation_word::Column::Word, word))
                    .union(UnionType::All, of_names)
                    .take()
            }
        }
    }

    /// The same as a condition on a conversation that is found otherwise: no index over what it asks is used.
    pub(super) fn hidden(&self) -> SimpleExpr {
        match self {
            Self::Dispositions(codes) => {
                hidden(conversation::Column::Disposition).is_in(codes.iter().map(|code| &**code))
            }
            Self::Ratings(scores) => hidden(conversation::Column::Rating)
                .is_in(scores.iter().map(|score| i16::from(*score))),
            other => other.condition(),
        }
    }

    /// Whether it asks for columns of conversations, which an index has with where they are and when they closed.
    pub(super) const fn is_of_columns(&self) -> bool {
        matches!(
            self,
            Self::Customer(_) | Self::Dispositions(_) | Self::Ratings(_)
        )
    }

    /// Each of its values by itself, where an index has those of each of them in the order of closing.
    pub(super) fn each_value(&self) -> Option<Vec<SimpleExpr>> {
        use conversation::Column as C;
        match self {
            Self::Dispositions(codes) => {
                let each = codes.iter().map(|code| C::Disposition.eq(&**code));
                Some(each.map(|value| has_disposition().and(value)).collect())
            }
            Self::Ratings(scores) => {
                let each = scores.iter().map(|score| C::Rating.eq(i16::from(*score)));
                Some(each.map(|value| has_rating().and(value)).collect())
            }
            _ => None,
        }
    }

    /// The same as a condition on one conversation.
    pub(super) fn condition(&self) -> SimpleExpr {
        match self {
            Self::Agent(agent) => was_primary(*agent),
            Self::Customer(customer) => is_of(*customer),
            Self::Tags(tags) => {
                let of_this = Expr::col((
                    conversation_tag::Entity,
                    conversation_tag::Column::ConversationId,
                ))
                .equals((conversation::Entity, conversation::Column::Id));
                Expr::exists(tagged(tags).expr(Expr::val(1)).and_where(of_this).take())
            }
            Self::Dispositions(codes) => has_disposition()
                .and(conversation::Column::Disposition.is_in(codes.iter().map(|code| &**code))),
            Self::Ratings(scores) => has_rating().and(
                conversation::Column::Rating.is_in(scores.iter().map(|score| i16::from(*score))),
            ),
            Self::Word(word) => has_word(word),
        }
    }
}

/// Written out, so that both planners see the partial index's own condition.
fn has_disposition() -> SimpleExpr {
    Expr::cust("conversations.disposition IS NOT NULL")
}

/// The same of ratings.
fn has_rating() -> SimpleExpr {
    Expr::cust("conversations.rating IS NOT NULL")
}

/// That it is of this customer, under whichever id: the given one, the one into which that was merged, and those that were
/// merged into either.
pub(in crate::store::queries) fn is_of(id: CustomerId) -> SimpleExpr {
    use customer::Column as C;
    let ids = |column: C| {
        Query::select()
            .column((customer::Entity, column))
            .from(customer::Entity)
            .take()
    };
    let own = ids(C::Id).and_where(C::Id.eq(id)).take();
    let merged = ids(C::Id).and_where(C::MergedIntoId.eq(id)).take();
    let survivor = || {
        ids(C::MergedIntoId)
            .and_where(C::Id.eq(id))
            .and_where(C::MergedIntoId.is_not_null())
            .take()
    };
    let others = ids(C::Id)
        .and_where(C::MergedIntoId.in_subquery(survivor()))
        .take();
    let all = own
        .clone()
        .union(UnionType::All, merged)
        .union(UnionType::All, survivor())
        .union(UnionType::All, others)
        .take();
    conversation::Column::CustomerId.in_subquery(all)
}

/// That this agent is or was the primary agent of the conversation.
pub(super) fn was_primary(agent: AgentId) -> SimpleExpr {
    let mine = Expr::col((participant::Entity, participant::Column::ConversationId))
        .equals((conversation::Entity, conversation::Column::Id));
    Expr::exists(stays(agent).expr(Expr::val(1)).and_where(mine).take())
}

/// That the subject or the customer's name has a word that begins so.
fn has_word(word: &str) -> SimpleExpr {
    let of_this = Expr::col((
        conversation_word::Entity,
        conversation_word::Column::ConversationId,
    ))
    .equals((conversation::Entity, conversation::Column::Id));
    let in_subject = Query::select()
        .expr(Expr::val(1))
        .from(conversation_word::Entity)
        .and_where(of_this)
        .cond_where(begins_with(conversation_word::Column::Word, word))
        .take();
    let in_name = Query::select()
        .expr(Expr::val(1))
        .from(customer_word::Entity)
        .and_where(same_customer())
        .cond_where(begins_with(customer_word::Column::Word, word))
        .take();
    Expr::exists(in_subject).or(Expr::exists(in_name))
}

fn same_customer() -> SimpleExpr {
    Expr::col((customer_word::Entity, customer_word::Column::CustomerId))
        .equals((conversation::Entity, conversation::Column::CustomerId))
}

/// A word that begins so, as a range of the words, which both databases order by their bytes.
pub(in crate::store::queries) fn begins_with(column: impl ColumnTrait, word: &str) -> Condition {
    let beyond = format!("{word}{}", char::MAX);
    Condition::all()
        .add(column.gte(word))
        .add(column.lt(beyond))
}

/// The tags of conversations that are among these.
fn tagged(tags: &BTreeSet<Arc<str>>) -> SelectStatement {
    Query::select()
        .from(conversation_tag::Entity)
        .and_where(conversation_tag::Column::Tag.is_in(tags.iter().map(|tag| &**tag)))
        .take()
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
