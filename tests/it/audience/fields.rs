//! What each field shows of a conversation or of the organisation, by the table of audiences.

use domain::audience::{Fact, OrganisationFact};

/// What a field shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// This fact of the conversation, for its audience.
    The(Fact),
    /// This fact of an agent, queue or workstream, for its audience.
    Of(OrganisationFact),
    /// What the policy says of who asks: rights, candidates, the transcript, the audit.
    Policy,
}

use Shows::{Of, Policy, The};

/// The fields of the types that show a conversation's facts.
pub const FIELDS: &[(&str, &[(&str, Shows)])] = &[
    (
        "Conversation",
        &[
            ("id", The(Fact::Id)),
            ("channel", The(Fact::Channel)),
            ("source", The(Fact::Source)),
            ("mode", The(Fact::Mode)),
            ("state", The(Fact::State)),
            ("statusReason", The(Fact::Reason)),
            ("version", The(Fact::Version)),
            ("subject", The(Fact::Names)),
            ("customer", The(Fact::Customer)),
            ("queue", The(Fact::Queue)),
            ("workstream", The(Fact::Workstream)),
            ("agent", The(Fact::Primary)),
            ("pendingOffer", The(Fact::Offer)),
            ("consultants", The(Fact::Consultants)),
            ("joinedSupervisors", The(Fact::JoinedSupervisors)),
            ("runningMonitorSessions", The(Fact::Looks)),
            ("monitorSessions", The(Fact::Looks)),
            ("runningReviewSessions", The(Fact::Looks)),
            ("reviewSessions", The(Fact::Looks)),
            ("participants", The(Fact::Participants)),
            ("tags", The(Fact::Tags)),
            ("escalationSignals", The(Fact::Signals)),
            ("priority", The(Fact::Priority)),
            ("attributes", The(Fact::Attributes)),
            ("sentiment", The(Fact::Sentiment)),
            ("sentimentHistory", The(Fact::Sentiment)),
            ("startedAt", The(Fact::StartedAt)),
            ("stateSince", The(Fact::StateSince)),
            ("waitingSince", The(Fact::WaitingSince)),
            ("lastActivityAt", The(Fact::LastActivityAt)),
            ("attention", The(Fact::Attention)),
            ("unansweredSince", The(Fact::UnansweredSince)),
            ("firstRespondedAt", The(Fact::Responses)),
            ("averageResponseSeconds", The(Fact::Responses)),
            ("customerAwaySince", The(Fact::CustomerAwaySince)),
            ("disposition", The(Fact::Disposition)),
            ("help", The(Fact::Help)),
            ("rating", The(Fact::Rating)),
            ("closingNote", Policy),
            ("closedAt", The(Fact::ClosedAt)),
            ("autoCloseAt", The(Fact::AutoCloseAt)),
            ("noticeGivenAt", The(Fact::NoticeGivenAt)),
            ("consent", The(Fact::Consent)),
            ("previous", The(Fact::Previous)),
            ("earlierConversations", Policy),
            ("audit", Policy),
            ("transcript", Policy),
            ("viewerCan", Policy),
            ("assignableAgents", Policy),
            ("transferableAgents", Policy),
            ("assignableQueues", Policy),
        ],
    ),
    (
        "Offer",
        &[
            ("id", The(Fact::Offer)),
            ("kind", The(Fact::Offer)),
            ("agent", The(Fact::Offer)),
            ("madeBy", The(Fact::OfferMaker)),
            ("units", The(Fact::OfferUnits)),
            ("capacityExceededBy", The(Fact::OfferUnits)),
            ("madeAt", The(Fact::Offer)),
            ("dueAt", The(Fact::Offer)),
        ],
    ),
    (
        "HelpRequest",
        &[
            ("agent", The(Fact::Help)),
            ("requestedAt", The(Fact::Help)),
            ("noteId", The(Fact::Help)),
        ],
    ),
    (
        "Participant",
        &[
            ("role", The(Fact::Participants)),
            ("agent", The(Fact::Participants)),
            ("supervisor", The(Fact::JoinedSupervisors)),
            ("joinedAt", The(Fact::Participants)),
            ("leftAt", The(Fact::Participants)),
        ],
    ),
    (
        "MonitorSession",
        &[
            ("id", The(Fact::Looks)),
            ("supervisor", The(Fact::Looks)),
            ("startedAt", The(Fact::Looks)),
            ("tokenExpiresAt", The(Fact::Looks)),
            ("joinedAt", The(Fact::Looks)),
            ("endedAt", The(Fact::Looks)),
            ("endedBy", The(Fact::Looks)),
        ],
    ),
    (
        "ReviewSession",
        &[
            ("id", The(Fact::Looks)),
            ("supervisor", The(Fact::Looks)),
            ("startedAt", The(Fact::Looks)),
            ("endsAt", The(Fact::Looks)),
            ("endedAt", The(Fact::Looks)),
            ("endedBy", The(Fact::Looks)),
        ],
    ),
    (
        "Actor",
        &[
            ("kind", The(Fact::Participants)),
            ("agent", The(Fact::Participants)),
            ("subject", The(Fact::ActingSupervisor)),
        ],
    ),
    (
        "AssignedToAgent",
        &[
            ("type", The(Fact::Offer)),
            ("offerId", The(Fact::Offer)),
            ("agent", The(Fact::Offer)),
            ("units", The(Fact::OfferUnits)),
            ("capacityExceededBy", The(Fact::OfferUnits)),
            ("dueAt", The(Fact::Offer)),
        ],
    ),
    (
        "TransferRequested",
        &[
            ("type", The(Fact::Offer)),
            ("offerId", The(Fact::Offer)),
            ("from", The(Fact::Primary)),
            ("to", The(Fact::Offer)),
            ("units", The(Fact::OfferUnits)),
            ("capacityExceededBy", The(Fact::OfferUnits)),
            ("dueAt", The(Fact::Offer)),
        ],
    ),
    (
        "CapacityReleased",
        &[
            ("type", The(Fact::Primary)),
            ("agent", The(Fact::Primary)),
            ("units", The(Fact::PrimaryUnits)),
        ],
    ),
    (
        "LabelsChanged",
        &[
            ("type", The(Fact::Priority)),
            ("addedTags", The(Fact::Tags)),
            ("removedTags", The(Fact::Tags)),
            ("priority", The(Fact::Priority)),
            ("setAttributes", The(Fact::AttributeKeys)),
            ("removedAttributes", The(Fact::AttributeKeys)),
        ],
    ),
    (
        "Agent",
        &[
            ("id", Of(OrganisationFact::Name)),
            ("name", Of(OrganisationFact::Name)),
            ("kind", Of(OrganisationFact::Name)),
            ("deletedAt", Of(OrganisationFact::Name)),
            ("subject", Of(OrganisationFact::AgentFigures)),
            ("presence", Of(OrganisationFact::AgentFigures)),
            ("capacity", Of(OrganisationFact::AgentFigures)),
            ("activeConversations", Of(OrganisationFact::AgentFigures)),
            ("queues", Of(OrganisationFact::AgentFigures)),
            (
                "monitoringNoticeAcknowledgedAt",
                Of(OrganisationFact::Acknowledgement),
            ),
            ("insights", Policy),
        ],
    ),
    (
        "Queue",
        &[
            ("id", Of(OrganisationFact::Name)),
            ("name", Of(OrganisationFact::Name)),
            ("kind", Of(OrganisationFact::Name)),
            ("deletedAt", Of(OrganisationFact::Name)),
            ("hours", Of(OrganisationFact::Hours)),
            ("isOpen", Of(OrganisationFact::Hours)),
            ("nextOpensAt", Of(OrganisationFact::Hours)),
            ("members", Of(OrganisationFact::Members)),
        ],
    ),
    (
        "Workstream",
        &[
            ("id", Of(OrganisationFact::Name)),
            ("name", Of(OrganisationFact::Name)),
            ("kind", Of(OrganisationFact::Name)),
            ("deletedAt", Of(OrganisationFact::Name)),
            ("dispositions", Of(OrganisationFact::Name)),
            ("dispositionRequired", Of(OrganisationFact::Name)),
            ("earlierTranscripts", Of(OrganisationFact::Name)),
            ("language", Of(OrganisationFact::Name)),
            ("escalationSignals", Of(OrganisationFact::Name)),
            ("serviceLevelSeconds", Of(OrganisationFact::Name)),
            ("allowedPresences", Of(OrganisationFact::WorkstreamFigures)),
            ("attention", Of(OrganisationFact::WorkstreamFigures)),
            ("autoClose", Of(OrganisationFact::WorkstreamFigures)),
            (
                "customerGraceSeconds",
                Of(OrganisationFact::WorkstreamFigures),
            ),
            ("monitoringNotice", Of(OrganisationFact::WorkstreamFigures)),
            (
                "offerTimeoutSeconds",
                Of(OrganisationFact::WorkstreamFigures),
            ),
            ("units", Of(OrganisationFact::WorkstreamFigures)),
            (
                "wrapUpCapacitySeconds",
                Of(OrganisationFact::WorkstreamFigures),
            ),
        ],
    ),
];
