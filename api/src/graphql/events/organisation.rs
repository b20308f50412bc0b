//! What `organisationChanges` delivers: what changed in the organisation, with what it is about as it is now.
//!
//! For whom an event is, `domain::audience` decides. What is shown is read when the event is delivered: who resumes
//! from long ago is told what changed then, and shown what has come of it.

use std::sync::Arc;

use async_graphql::{Enum, Interface, SimpleObject};
use chrono::{DateTime, Utc};

use super::Actor;
use crate::graphql::scalars::Cursor;
use crate::graphql::types::agent::Agent;
use crate::graphql::types::queue::Queue;
use crate::graphql::types::settings::SupervisorSettings;
use crate::graphql::types::workstream::Workstream;
use domain::{After, Change, Edit, Presence, World};
use engine::app::App;
use engine::live::Delivery;

/// What was done to an agent, a queue or a workstream.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "Edit")]
pub enum OrganisationEdit {
    /// It was made.
    Created,
    /// It was changed.
    Updated,
    /// It was deleted. Closed conversations and events go on naming it.
    Deleted,
}

macro_rules! organisation_changes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(SimpleObject)]
            pub struct $name {
                /// Its place in the event log; pass the last one you handled as `after` to resume.
                #[graphql(owned)]
                cursor: Cursor,
                /// When it was committed.
                #[graphql(owned)]
                committed_at: DateTime<Utc>,
                /// When it left for you.
                #[graphql(owned)]
                emitted_at: DateTime<Utc>,
                /// Who did it.
                #[graphql(owned)]
                actor: Actor,
                $($(#[$fdoc])* $field: $ty,)*
            }

            impl $name {
                fn at(moment: Moment $(, $field: $ty)*) -> Self {
                    let Moment { cursor, committed_at, emitted_at, actor } = moment;
                    Self { cursor, committed_at, emitted_at, actor $(, $field)* }
                }
            }
        )*

        /// Something changed in the organisation. Switch on `__typename`; types may be added, so pass over those that
        /// you do not know, but keep their cursors.
        #[derive(Interface)]
        #[allow(clippy::enum_variant_names)] // The types' names.
        #[graphql(
            field(name = "cursor", ty = "Cursor", desc = "Its place in the event log; pass the last one you handled as `after` to resume."),
            field(name = "committed_at", ty = "DateTime<Utc>", desc = "When it was committed."),
            field(name = "emitted_at", ty = "DateTime<Utc>", desc = "When it left for you."),
            field(name = "actor", ty = "Actor", desc = "Who did it.")
        )]
        pub enum OrganisationChange {
            $($(#[$doc])* $name($name),)*
        }
    };
}

/// What every change of the organisation says.
struct Moment {
    cursor: Cursor,
    committed_at: DateTime<Utc>,
    emitted_at: DateTime<Utc>,
    actor: Actor,
}

organisation_changes! {
    /// An agent has another presence. For supervisors, administrators and the agent. That of a supervisor is told nobody.
    AgentPresenceChanged {
        /// The presence that it came to.
        presence: Presence,
        /// The agent as it is now.
        agent: Agent,
    }
    /// An agent was made, changed or deleted. For whoever may know what changed: a name, everybody who lists agents; the
    /// capacity, supervisors, administrators and the agent; that the agent acknowledged the monitoring notice,
    /// administrators and the agent.
    AgentChanged {
        /// Which of the three.
        edit: OrganisationEdit,
        /// The agent as it is now.
        agent: Agent,
    }
    /// A queue was made, changed or deleted. For agents, supervisors of the queue and administrators.
    QueueChanged {
        /// Which of the three.
        edit: OrganisationEdit,
        /// The queue as it is now.
        queue: Queue,
    }
    /// A workstream was made, changed or deleted. For supervisors and administrators; agents too where it was made or
    /// deleted, or something changed that they are shown.
    WorkstreamChanged {
        /// Which of the three.
        edit: OrganisationEdit,
        /// The workstream as it is now.
        workstream: Workstream,
    }
    /// An agent joined or left a queue. For supervisors of the queue, administrators and the agent.
    MembershipChanged {
        /// Whether the agent was a member from then on.
        is_member: bool,
        /// The agent as it is now.
        agent: Agent,
        /// The queue as it is now.
        queue: Queue,
    }
    /// The organisation's settings changed. For supervisors and administrators.
    SupervisorSettingsChanged {
        /// The settings as they are now.
        settings: SupervisorSettings,
    }
}

impl OrganisationChange {
    /// The change as this delivery shows it; none when it is about a conversation, or about something that clients are
    /// not told.
    pub(in crate::graphql) fn of(app: &App, delivery: &Delivery) -> Option<Self> {
        let entry = &delivery.entry;
        let moment = Moment {
            cursor: delivery.cursor.into(),
            committed_at: entry.at,
            emitted_at: app.clock.now(),
            actor: Actor::of_organisation(app, entry),
        };
        let show = |board: &engine::board::State| {
            Self::shown(&board.world, &entry.change, &entry.after, moment)
        };
        app.board.read(show)
    }

    fn shown(world: &World, change: &Change, after: &After, moment: Moment) -> Option<Self> {
        Some(match (change, after) {
            (Change::AgentPresenceChanged { presence, .. }, After::Agent(then)) => {
                AgentPresenceChanged::at(moment, *presence, agent(world, then)).into()
            }
            (Change::AgentChanged { edit, .. }, After::Agent(then)) => {
                AgentChanged::at(moment, (*edit).into(), agent(world, then)).into()
            }
            (Change::MembershipChanged { queue, member, .. }, After::Agent(then)) => {
                let queue = Queue(world.named_queue(*queue)?.clone());
                MembershipChanged::at(moment, *member, agent(world, then), queue).into()
            }
            (Change::QueueChanged { edit }, After::Queue(then)) => {
                let now = world.named_queue(then.id).unwrap_or(then).clone();
                QueueChanged::at(moment, (*edit).into(), Queue(now)).into()
            }
            (Change::WorkstreamChanged { edit, .. }, After::Workstream(then)) => {
                let now = world.named_workstream(then.id).unwrap_or(then).clone();
                WorkstreamChanged::at(moment, (*edit).into(), Workstream(now)).into()
            }
            (Change::SupervisorSettingsChanged, After::Settings(_)) => {
                let settings = SupervisorSettings(world.settings.clone());
                SupervisorSettingsChanged::at(moment, settings).into()
            }
            _ => return None,
        })
    }
}

/// The agent as it is now.
fn agent(world: &World, then: &Arc<domain::Agent>) -> Agent {
    Agent(world.named_agent(then.id).unwrap_or(then).clone())
}
