//! Attributes of conversations.

use async_graphql::SimpleObject;

use engine::store::queries::Attribute;

/// Something that a gateway, an agent or a supervisor noted of a conversation: text, like the messages, and erased with the
/// customer.
#[derive(SimpleObject)]
pub struct ConversationAttribute {
    /// What it is about, 1 to 50 characters; once in a conversation.
    key: String,
    /// What it says, 1 to 500 characters.
    value: String,
}

impl From<Attribute> for ConversationAttribute {
    fn from(Attribute { key, value }: Attribute) -> Self {
        let [key, value] = [key, value].map(|text| text.to_string());
        Self { key, value }
    }
}
