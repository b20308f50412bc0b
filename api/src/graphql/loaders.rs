//! Reads of what is only in the database, batched for one operation (or one event).
//!
//! Made fresh for each, so that nothing read for one viewer or moment is shown to another.

use std::collections::HashMap;
use std::fmt::Debug;
use std::future::Future;
use std::hash::Hash;
use std::pin::Pin;
use std::sync::Arc;

use async_graphql::Result;
use dataloader::BatchFn;
use dataloader::non_cached::Loader as Batcher;

use super::context::{Asking, internal};
use domain::{Conversation, ConversationId, CustomerId, EarlierReading};
use engine::store::queries::audit::{self, AuditPage, AuditSlice};
use engine::store::queries::earlier::{self, Whose};
use engine::store::queries::{
    self, Attribute, Customer, ForeignCursor, Message, MessagePage, MessageSlice, MessageState,
    Participation, Point, Reacted, Revision, Session,
};
use engine::store::{Store, StoreError};

type Fetched<K, V> = Result<HashMap<K, V>, StoreError>;
type Fetching<K, V> = Pin<Box<dyn Future<Output = Fetched<K, V>> + Send>>;
type Found<V> = Result<Option<V>, Arc<StoreError>>;

/// How often a key is asked for again when the one who was to load it went away.
const TRIES: usize = 3;

struct Batch<K, V> {
    store: Store,
    fetch: fn(Store, Vec<K>) -> Fetching<K, V>,
}

impl<K, V> BatchFn<K, Found<V>> for Batch<K, V>
where
    K: Eq + Hash + Clone + Debug + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    async fn load(&mut self, keys: &[K]) -> HashMap<K, Found<V>> {
        // Every key gets an answer, absent ones and failed ones too.
        match (self.fetch)(self.store.clone(), keys.to_vec()).await {
            Ok(mut values) => keys
                .iter()
                .map(|key| (key.clone(), Ok(values.remove(key))))
                .collect(),
            Err(error) => {
                let error = Arc::new(error);
                keys.iter()
                    .map(|key| (key.clone(), Err(error.clone())))
                    .collect()
            }
        }
    }
}

/// Loads values by key, many keys in one statement.
pub(super) struct Loader<K, V>
where
    K: Eq + Hash + Clone + Debug + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    batches: Batcher<K, Found<V>, Batch<K, V>>,
    asking: Asking,
}

impl<K, V> Loader<K, V>
where
    K: Eq + Hash + Clone + Debug + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn new(store: &Store, asking: &Asking, fetch: fn(Store, Vec<K>) -> Fetching<K, V>) -> Self {
        let store = store.clone();
        Self {
            batches: Batcher::new(Batch { store, fetch }),
            asking: asking.clone(),
        }
    }

    /// The value of this key.
    pub async fn get(&self, key: K) -> Result<Option<V>> {
        self.asking.note_read();
        for _ in 0..TRIES {
            // An error here means that a cancelled sibling took the key along; ask again.
            if let Ok(found) = self.batches.try_load(key.clone()).await {
                return found.map_err(|error| internal(&error));
            }
        }
        Err(internal(&"a batched read was cancelled too often"))
    }
}

/// The loaders of one operation.
pub(super) struct Loaders {
    /// Conversations that are not on the board.
    pub conversations: Loader<ConversationId, Arc<Conversation>>,
    /// Customers who are not on the board.
    pub customers: Loader<CustomerId, Customer>,
    /// What conversations that are not on the board are about.
    pub subjects: Loader<ConversationId, Option<Arc<str>>>,
    /// What attributes of conversations say.
    pub attributes: Loader<ConversationId, Vec<Attribute>>,
    /// What was noted of conversations when they were closed.
    pub notes: Loader<ConversationId, Arc<str>>,
    /// What customers said who rated conversations.
    pub comments: Loader<ConversationId, Arc<str>>,
    /// Pages of transcripts.
    pub transcripts: Loader<(ConversationId, MessageSlice), Result<MessagePage, ForeignCursor>>,
    /// Messages by id.
    pub messages: Loader<domain::MessageId, Message>,
    /// What agents were told.
    pub agent_notices: Loader<domain::AgentNoticeId, String>,
    /// What became of messages.
    pub message_states: Loader<domain::MessageId, MessageState>,
    /// Reactions to messages.
    pub reactions: Loader<domain::MessageId, Vec<Reacted>>,
    /// What messages said before.
    pub revisions: Loader<domain::MessageId, Vec<Revision>>,
    /// What conversations came to at each of the customer's messages.
    pub lines: Loader<ConversationId, Vec<Point>>,
    /// Everybody who took part.
    pub participants: Loader<ConversationId, Vec<Participation>>,
    /// Every monitor session.
    pub sessions: Loader<ConversationId, Vec<Session>>,
    /// Customers' latest closed conversations.
    pub earlier: Loader<Whose, Vec<Arc<Conversation>>>,
    /// What agents are known to have read of them.
    pub readings: Loader<EarlierReading, ()>,
    /// Pages of what was done and refused.
    pub audits:
        Loader<(ConversationId, audit::Whose, AuditSlice), Result<AuditPage, ForeignCursor>>,
    /// How much was done and refused.
    pub audit_counts: Loader<(ConversationId, audit::Whose), i64>,
}

impl Loaders {
    /// Fresh loaders.
    pub fn new(store: &Store, asking: &Asking) -> Self {
        Self {
            conversations: Loader::new(store, asking, |s, k| {
                Box::pin(queries::conversations(s, k))
            }),
            customers: Loader::new(store, asking, |s, k| Box::pin(queries::customers(s, k))),
            subjects: Loader::new(store, asking, |s, k| Box::pin(queries::subjects(s, k))),
            attributes: Loader::new(store, asking, |s, k| Box::pin(queries::attributes(s, k))),
            notes: Loader::new(store, asking, |s, k| Box::pin(queries::notes(s, k))),
            comments: Loader::new(store, asking, |s, k| Box::pin(queries::comments(s, k))),
            transcripts: Loader::new(store, asking, |s, k| Box::pin(queries::transcripts(s, k))),
            messages: Loader::new(store, asking, |s, k| Box::pin(queries::messages(s, k))),
            agent_notices: Loader::new(store, asking, |s, k| {
                Box::pin(queries::agent_notices(s, k))
            }),
            message_states: Loader::new(store, asking, |s, k| Box::pin(queries::states(s, k))),
            reactions: Loader::new(store, asking, |s, k| Box::pin(queries::reactions(s, k))),
            revisions: Loader::new(store, asking, |s, k| Box::pin(queries::revisions(s, k))),
            lines: Loader::new(store, asking, |s, k| {
                Box::pin(queries::sentiment_lines(s, k))
            }),
            participants: Loader::new(store, asking, |s, k| Box::pin(queries::participants(s, k))),
            sessions: Loader::new(store, asking, |s, k| Box::pin(queries::sessions(s, k))),
            earlier: Loader::new(store, asking, |s, k| Box::pin(earlier::latest_closed(s, k))),
            readings: Loader::new(store, asking, |s, k| Box::pin(earlier::readings(s, k))),
            audits: Loader::new(store, asking, |s, k| Box::pin(audit::audits(s, k))),
            audit_counts: Loader::new(store, asking, |s, k| Box::pin(audit::audit_counts(s, k))),
        }
    }
}
