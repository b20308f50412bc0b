//! Messages of a transcript.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};

use super::agent::Agent;
use super::attachment::Attachment;
use super::conversation::find;
use super::message_changes::{Delivery, Reaction, Revision};
use super::paging::connection_names;
use super::sentiment::thousandths;
use super::system_text::{Language, said};
use crate::graphql::context::Request;
use domain::policy::{self, Reading};
use domain::{Author, Intent, SystemMessage, Visibility};
use engine::store::queries;

connection_names!(
    MessageConnectionName = "MessageConnection",
    MessageEdgeName = "MessageEdge"
);

/// One message of a transcript.
#[derive(Clone)]
pub struct Message {
    row: queries::Message,
    reading: Reading,
}

impl Message {
    /// A message for one who reads like this.
    pub const fn new(row: queries::Message, reading: Reading) -> Self {
        Self { row, reading }
    }

    /// Whether it is read by the organisation's people.
    const fn is_read_inside(&self) -> bool {
        self.reading.is_inside()
    }

    /// What became of it, if something did.
    async fn state(&self, ctx: &Context<'_>) -> Result<Option<queries::MessageState>> {
        ctx.loaders()?.message_states.get(self.row.id).await
    }
}

/// One message of a transcript. Whoever can see a message may read it whole: INTERNAL and COACHING messages are
/// left out for whom they are not meant.
#[Object]
impl Message {
    /// The message's id (`msg_…`).
    async fn id(&self) -> ID {
        ID(self.row.id.to_string())
    }

    /// Its place in the transcript, from 1. Null for gateways: a gap would tell of INTERNAL messages. COACHING messages have
    /// none (null), and take no place.
    async fn number(&self) -> Option<i32> {
        self.row.number.filter(|_| self.is_read_inside())
    }

    /// Who wrote it.
    async fn author(&self) -> Author {
        self.row.author
    }

    /// The agent or bot who wrote it; null for other authors.
    async fn agent(&self, ctx: &Context<'_>) -> Result<Option<Agent>> {
        let Some(id) = self.row.agent else {
            return Ok(None);
        };
        Ok(ctx
            .app()?
            .board
            .read(|board| board.world.named_agent(id).cloned().map(Agent)))
    }

    /// The subject of the supervisor who wrote it; null for other authors, and for gateways.
    async fn supervisor(&self) -> Option<&str> {
        let supervisor = self.row.supervisor.as_deref();
        supervisor.filter(|_| self.is_read_inside())
    }

    /// Who may read it.
    async fn visibility(&self) -> Visibility {
        self.row.visibility
    }

    /// The agent whom a COACHING message is for; null for the others.
    async fn coached_agent(&self, ctx: &Context<'_>) -> Result<Option<Agent>> {
        let Some(id) = self.row.coached else {
            return Ok(None);
        };
        Ok(ctx
            .app()?
            .board
            .read(|board| board.world.named_agent(id).cloned().map(Agent)))
    }

    /// What it says. Empty where it has attachments alone, and once it was erased at the customer's request: see `erasedAt`.
    async fn text(
        &self,
        #[graphql(
            default_with = "Language::En",
            desc = "In which language Regie's own messages (author SYSTEM) are given. What people and \
                    bots write is given as they wrote it."
        )]
        language: Language,
    ) -> &str {
        match self.row.system {
            Some(message) => said(message, language),
            None => self.row.text.as_deref().unwrap_or_default(),
        }
    }

    /// Which message of Regie itself it is, for programs; null for what people and bots write.
    async fn system_message(&self) -> Option<SystemMessage> {
        self.row.system
    }

    /// What is attached, in order; empty once it was erased. Regie keeps what names it and never fetches anything:
    /// opening an address tells its host that somebody reads, so load one only when its reader asks for it.
    async fn attachments(&self) -> Vec<Attachment> {
        self.row
            .attachments
            .iter()
            .cloned()
            .map(Attachment)
            .collect()
    }

    /// When it was sent: of a customer's message by the channel's clock, as far as the gateway said it; otherwise as
    /// `postedAt`. The transcript is in the order of coming in.
    async fn sent_at(&self) -> DateTime<Utc> {
        self.row.sent_at.unwrap_or(self.row.posted_at)
    }

    /// The message of the same conversation that it answers; null: none, or not known.
    async fn reply_to(&self, ctx: &Context<'_>) -> Result<Option<Message>> {
        let Some(id) = self.row.reply_to else {
            return Ok(None);
        };
        let answered = ctx.loaders()?.messages.get(id).await?;
        let may_read = |row: &queries::Message| self.reading.reads(row.visibility, row.coached);
        let answered = answered.filter(may_read);
        Ok(answered.map(|row| Message::new(row, self.reading)))
    }

    /// The id that the channel's provider gave it. For gateways; null for others, where none was given, and once it was
    /// erased.
    async fn external_id(&self) -> Option<&str> {
        let external = self.row.external_id.as_deref();
        external.filter(|_| !self.is_read_inside())
    }

    /// What this customer message alone scored, from -1 to 1; null for other authors, when analysis
    /// was off, and when no scorer knows its language.
    async fn score(&self) -> Option<f64> {
        self.row.score.map(thousandths)
    }

    /// What this customer message is for, by its words in English and Dutch; fixed when it came in, and again by an edit.
    /// Null for other authors, to gateways, when analysis was off, without text, once it was removed, of messages from
    /// before Regie read this, and where the words are of another language. For its agents and supervisors.
    async fn intent(&self) -> Option<Intent> {
        self.row.intent.filter(|_| self.is_read_inside())
    }

    /// When the customer last edited it, by the channel's clock; null: they did not, or removed it. `text` and `attachments` are the
    /// present ones.
    async fn edited_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        let state = self.state(ctx).await?;
        // Whether an edit came before the removal or after it, and was too late, is the same to who reads.
        Ok(state.and_then(|state| state.edited_at.filter(|_| state.removed_at.is_none())))
    }

    /// When the customer removed it, by the channel's clock; null: they did not. `text` and `attachments` are empty then: show a
    /// placeholder of yours.
    async fn removed_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        let state = self.state(ctx).await?;
        Ok(state.and_then(|state| state.removed_at))
    }

    /// What it said before it was edited or removed, oldest first. For supervisors in a session of theirs; null for others. What a
    /// removed message said goes after 30 days (a setting of the server), and all of it with the customer's erasure.
    async fn revisions(&self, ctx: &Context<'_>) -> Result<Option<Vec<Revision>>> {
        let Some(now) = find(ctx, self.row.conversation).await? else {
            return Ok(None);
        };
        let (viewer, own, at) = (ctx.viewer()?, ctx.agent()?, ctx.app()?.clock.now());
        let in_session = policy::reads_in_session(viewer, own.as_deref(), &now.0, at);
        if !self.is_read_inside() || !in_session {
            return Ok(None);
        }
        let revisions = ctx.loaders()?.revisions.get(self.row.id).await?;
        let revisions = revisions.unwrap_or_default().into_iter();
        Ok(Some(revisions.map(Revision).collect()))
    }

    /// Who reacted to it and how, in the order in which they did: one reaction for each person. Empty once it was removed or erased.
    async fn reactions(&self, ctx: &Context<'_>) -> Result<Vec<Reaction>> {
        let removed = self.state(ctx).await?;
        if removed.is_some_and(|state| state.removed_at.is_some()) {
            return Ok(Vec::new());
        }
        let reactions = ctx.loaders()?.reactions.get(self.row.id).await?;
        let show = |one| Reaction::new(one, self.is_read_inside());
        Ok(reactions
            .unwrap_or_default()
            .into_iter()
            .map(show)
            .collect())
    }

    /// How far it came on its way to the customer, as its gateway says; null for messages of the customer, and for INTERNAL and COACHING ones.
    async fn delivery(&self, ctx: &Context<'_>) -> Result<Option<Delivery>> {
        let goes_out =
            self.row.author != Author::Customer && self.row.visibility == Visibility::Public;
        if !goes_out {
            return Ok(None);
        }
        Ok(Some(Delivery::of(self.state(ctx).await?.as_ref())))
    }

    /// When its text was erased; null: it was not. Show a placeholder of yours then, in place of the empty `text`.
    async fn erased_at(&self) -> Option<DateTime<Utc>> {
        self.row.erased_at
    }

    /// When it was posted.
    async fn posted_at(&self) -> DateTime<Utc> {
        self.row.posted_at
    }
}
