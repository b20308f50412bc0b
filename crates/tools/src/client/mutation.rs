//! The mutations that are used here, as documents.

/// One mutation: `{ name(input) { errors … answer } }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mutation {
    name: &'static str,
    input: &'static str,
    /// What to ask of the payload besides its errors.
    answer: &'static str,
}

/// Names the mutations that answer with nothing but their errors.
macro_rules! plain {
    ($($(#[$doc:meta])* $constant:ident = $name:literal, $input:literal;)*) => {$(
        $(#[$doc])*
        pub(crate) const $constant: Self = Self::new($name, $input, "");
    )*};
}

impl Mutation {
    /// Answers with the conversation's id.
    pub(crate) const START: Self = Self::new(
        "startConversation",
        "StartConversationInput",
        "conversation { id }",
    );
    /// Answers with the queue's id.
    pub(crate) const CREATE_QUEUE: Self =
        Self::new("createQueue", "CreateQueueInput", "queue { id }");
    /// Answers with the workstream's id.
    pub(crate) const CREATE_WORKSTREAM: Self = Self::new(
        "createWorkstream",
        "CreateWorkstreamInput",
        "workstream { id }",
    );
    /// Answers with the agent's id.
    pub(crate) const CREATE_AGENT: Self =
        Self::new("createAgent", "CreateAgentInput", "agent { id }");

    /// The gateway: what the customer wrote. Answers with the message's id.
    pub(crate) const CUSTOMER_MESSAGE: Self = Self::new(
        "receiveCustomerMessage",
        "ReceiveCustomerMessageInput",
        "messageId",
    );
    /// The gateway: what a customer wrote, wherever that belongs. Answers with the ids of the conversation, its
    /// customer and the message.
    pub(crate) const RECEIVE: Self = Self::new(
        "receiveFromCustomer",
        "ReceiveFromCustomerInput",
        "conversation { id customer { id } } messageId",
    );
    /// The agent or bot writes. Answers with the message's id.
    pub(crate) const SEND: Self = Self::new("sendMessage", "SendMessageInput", "message { id }");

    plain! {
        /// The gateway: the customer changed a message.
        EDIT = "editCustomerMessage", "EditCustomerMessageInput";
        /// The gateway: the customer took a message away.
        REMOVE = "removeCustomerMessage", "RemoveCustomerMessageInput";
        /// The gateway, or who may write: a reaction to a message.
        REACT = "reactToMessage", "ReactToMessageInput";
        /// The gateway: how far a message came.
        RECORD_DELIVERY = "recordDelivery", "RecordDeliveryInput";
        /// The gateway: how the customer rates the contact.
        RECORD_RATING = "recordRating", "RecordRatingInput";
        /// The administrator makes two customers one.
        MERGE_CUSTOMERS = "mergeCustomers", "MergeCustomersInput";
        /// The administrator changes a workstream.
        UPDATE_WORKSTREAM = "updateWorkstream", "UpdateWorkstreamInput";
        /// The gateway: the live-chat customer is gone.
        CUSTOMER_DISCONNECTED = "customerDisconnected", "CustomerDisconnectedInput";
        /// The gateway: the live-chat customer is back.
        CUSTOMER_RECONNECTED = "customerReconnected", "CustomerReconnectedInput";
        /// The gateway: the customer ended it.
        END_BY_CUSTOMER = "endByCustomer", "EndByCustomerInput";
        /// The agent or bot takes it from a queue.
        PICK = "pickConversation", "PickConversationInput";
        /// The agent accepts what is offered.
        ACCEPT = "acceptOffer", "AcceptOfferInput";
        /// The agent rejects what is offered.
        REJECT = "rejectOffer", "RejectOfferInput";
        /// The agent sets it aside.
        SET_ASIDE = "setAsideConversation", "SetAsideConversationInput";
        /// The agent takes it up again.
        REOPEN = "reopenConversation", "ReopenConversationInput";
        /// The agent or bot gives it back to the queue.
        RELEASE = "releaseConversation", "ReleaseConversationInput";
        /// The agent or bot ends the contact.
        END = "endConversation", "EndConversationInput";
        /// The agent or bot is done.
        CLOSE = "closeConversation", "CloseConversationInput";
        /// The agent asks the supervisors for help.
        REQUEST_HELP = "requestHelp", "RequestHelpInput";
        /// The agent needs no help any more.
        CANCEL_HELP = "cancelHelp", "CancelHelpInput";
        /// Somebody's own presence.
        SET_PRESENCE = "setPresence", "SetPresenceInput";
        /// The administrator makes an agent a member of a queue.
        ADD_QUEUE_MEMBER = "addQueueMember", "QueueMemberInput";
        /// The administrator changes settings.
        UPDATE_SETTINGS = "updateSupervisorSettings", "UpdateSupervisorSettingsInput";
    }

    const fn new(name: &'static str, input: &'static str, answer: &'static str) -> Self {
        Self {
            name,
            input,
            answer,
        }
    }

    /// The field's name.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// The document; always the same text, so that the server parses it once.
    pub(super) fn document(&self) -> String {
        let Self {
            name,
            input,
            answer,
        } = self;
        format!(
            "mutation($input: {input}!) {{ {name}(input: $input) {{ errors {{ code message }} \
             {answer} }} }}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_has_every_mutation_that_is_used() {
        // Descriptions and line breaks aside.
        let schema = include_str!("../../../../schema.graphql");
        let schema: Vec<&str> = schema.split("\"\"\"").step_by(2).collect();
        let schema: String = schema.concat().split_whitespace().collect();
        for used in [
            Mutation::START,
            Mutation::CREATE_QUEUE,
            Mutation::CREATE_WORKSTREAM,
            Mutation::CREATE_AGENT,
            Mutation::CUSTOMER_MESSAGE,
            Mutation::RECEIVE,
            Mutation::EDIT,
            Mutation::REMOVE,
            Mutation::REACT,
            Mutation::RECORD_DELIVERY,
            Mutation::RECORD_RATING,
            Mutation::MERGE_CUSTOMERS,
            Mutation::UPDATE_WORKSTREAM,
            Mutation::CUSTOMER_DISCONNECTED,
            Mutation::CUSTOMER_RECONNECTED,
            Mutation::END_BY_CUSTOMER,
            Mutation::PICK,
            Mutation::ACCEPT,
            Mutation::REJECT,
            Mutation::SEND,
            Mutation::SET_ASIDE,
            Mutation::REOPEN,
            Mutation::RELEASE,
            Mutation::END,
            Mutation::CLOSE,
            Mutation::REQUEST_HELP,
            Mutation::CANCEL_HELP,
            Mutation::SET_PRESENCE,
            Mutation::ADD_QUEUE_MEMBER,
            Mutation::UPDATE_SETTINGS,
        ] {
            let field = format!("{}(input:{}!):", used.name, used.input);
            assert!(schema.contains(&field), "{field}");
        }
    }
}
