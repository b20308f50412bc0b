//! The schema's object types: the domain as a frontend sees it, one file a type.

pub mod agent;
pub mod audit;
pub mod conversation;
pub mod message;
pub mod node;
pub mod offer;
pub mod paging;
pub mod participant;
pub mod queue;
pub mod sentiment;
pub mod settings;
pub mod viewer;
pub mod workstream;
