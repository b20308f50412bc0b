//! The tables, one `SeaORM` entity a file, kept in step with the `migration` crate.
//!
//! Rows are how things are stored, never how they are shown: only `engine::store` uses them, and no
//! schema type is made from them. Ids and enums are the vocabulary's own types. Instants are UTC.
//! JSON is text, because the program alone reads and writes it and both databases must agree.
//! Relations only say which rows belong together; the store reads in batches, by id.

pub mod agent;
pub mod agent_connection;
pub mod agent_notice;
pub mod audit;
pub mod conversation;
pub mod conversation_attribute;
pub mod conversation_note;
pub mod conversation_tag;
pub mod conversation_word;
pub mod cursor_key;
pub mod customer;
pub mod customer_key;
pub mod customer_source;
pub mod customer_word;
pub mod earlier_reading;
pub mod event;
pub mod external_id;
pub mod external_id_key;
pub mod idempotency;
pub mod insight_agent_bucket;
pub mod insight_hand;
pub mod insight_progress;
pub mod insight_queue_bucket;
pub mod insight_time_bucket;
pub mod log_head;
pub mod membership;
pub mod message;
pub mod message_reaction;
pub mod message_revision;
pub mod message_state;
pub mod monitor_session;
pub mod offer;
pub mod participant;
pub mod queue;
pub mod rating_comment;
pub mod reassessment;
pub mod revocation;
pub mod search_filling;
pub mod sentiment_adapter;
pub mod settings;
pub mod supervisor;
pub mod timer;
pub mod workstream;

/// The name of every table. That none is missing is held by `migration/tests/tables.rs`, against the database.
pub fn names() -> Vec<&'static str> {
    use sea_orm::EntityName;
    vec![
        agent::Entity.table_name(),
        agent_connection::Entity.table_name(),
        agent_notice::Entity.table_name(),
        audit::Entity.table_name(),
        conversation::Entity.table_name(),
        conversation_attribute::Entity.table_name(),
        conversation_note::Entity.table_name(),
        conversation_tag::Entity.table_name(),
        cursor_key::Entity.table_name(),
        customer::Entity.table_name(),
        customer_key::Entity.table_name(),
        customer_source::Entity.table_name(),
        conversation_word::Entity.table_name(),
        customer_word::Entity.table_name(),
        earlier_reading::Entity.table_name(),
        event::Entity.table_name(),
        external_id::Entity.table_name(),
        external_id_key::Entity.table_name(),
        idempotency::Entity.table_name(),
        insight_agent_bucket::Entity.table_name(),
        insight_hand::Entity.table_name(),
        insight_progress::Entity.table_name(),
        insight_queue_bucket::Entity.table_name(),
        insight_time_bucket::Entity.table_name(),
        log_head::Entity.table_name(),
        membership::Entity.table_name(),
        message::Entity.table_name(),
        message_reaction::Entity.table_name(),
        message_revision::Entity.table_name(),
        message_state::Entity.table_name(),
        monitor_session::Entity.table_name(),
        offer::Entity.table_name(),
        participant::Entity.table_name(),
        queue::Entity.table_name(),
        rating_comment::Entity.table_name(),
        reassessment::Entity.table_name(),
        revocation::Entity.table_name(),
        search_filling::Entity.table_name(),
        sentiment_adapter::Entity.table_name(),
        settings::Entity.table_name(),
        supervisor::Entity.table_name(),
        timer::Entity.table_name(),
        workstream::Entity.table_name(),
    ]
}
