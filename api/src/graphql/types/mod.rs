//! The schema's object types: the domain as a frontend sees it, one file a type.

pub mod agent;
pub mod attention;
pub mod audit;
pub mod candidates;
pub mod conversation;
pub mod customer;
pub mod led;
pub mod message;
pub mod node;
pub mod offer;
pub mod paging;
pub mod participant;
pub mod past;
pub mod queue;
pub mod revocation;
pub mod sentiment;
pub mod settings;
pub mod system_text;
pub mod transcript;
pub mod viewer;
pub mod viewer_can;
pub mod workstream;
