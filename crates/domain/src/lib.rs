//! The rules, pure: no I/O, no framework, no clock; `now` is always an argument.
//!
//! `decide` says what a command does to what is there, as changes or as a refusal; `evolve` says
//! what a conversation becomes by a change. Everything else in Regie carries their results.

pub mod action;
pub mod address;
pub mod attention;
pub mod audience;
pub mod candidates;
mod case;
pub mod change;
pub mod commands;
pub mod conversation;
pub mod course;
pub mod customer;
pub mod decide;
pub mod decision;
pub mod directory;
pub mod evolve;
pub mod exits;
pub mod fold;
pub mod hours;
pub mod ids;
pub mod in_use;
pub mod insights;
pub mod labels;
pub mod meaning;
pub mod message;
pub mod notice;
pub mod outcome;
pub mod patch;
pub mod policy;
pub mod refusal;
pub mod revocation;
pub mod sentiment;
pub mod viewer;
pub mod words;
pub mod world;

pub use action::{Action, AuditedAction, Malformed, Override};
pub use address::{Address, Addressees};
pub use attention::Attention;
pub use change::{Actor, After, Change, ChangeKind, Event};
pub use commands::{Act, Command, Left, Manage, MessageAct};
pub use conversation::Conversation;
pub use customer::{CustomerKey, CustomerRef, KnownCustomer};
pub use decide::decide;
pub use decision::{Asker, AuditDetail, Decision, EarlierReading, Managed, Text};
pub use directory::{
    Acknowledgement, Agent, Disposition, Edit, Queue, Setting, Settings, Workstream, WrapUpCapacity,
};
pub use hours::OpeningHours;
pub use ids::*;
pub use in_use::InUse;
pub use labels::{Tag, Tags};
pub use meaning::{Meaning, Signalled, Understood};
pub use message::{Attachment, Content, ExternalId, MessageHead, MessageName};
pub use outcome::{Outcome, Refused};
pub use refusal::{Code, Refusal};
pub use revocation::{Revocation, Revocations, Revoked};
pub use sentiment::{Assessment, MessageScore, RecentScores, SentimentScorer};
pub use viewer::{Access, Scope, Source, Subject, Viewer};
pub use words::*;
pub use world::{Draft, Load, World};

#[cfg(test)]
mod tests;
