//! Images that differ in chosen facts: by them it is held that what somebody may not know changes nothing for them.

use super::Fact;
use crate::Conversation;
use crate::conversation::{Monitor, Offer, Primary};

impl Conversation {
    /// This image, with the facts that `taken` says as they are in another image. Every field has the fact here by
    /// which its audience is named, without a wildcard.
    pub fn mixed(&self, other: &Self, taken: impl Fn(Fact) -> bool) -> Self {
        let of = |fact| if taken(fact) { other } else { self };
        Self {
            id: of(Fact::Id).id,
            previous: of(Fact::Previous).previous,
            customer: of(Fact::Customer).customer,
            channel: of(Fact::Channel).channel,
            source: of(Fact::Source).source.clone(),
            mode: of(Fact::Mode).mode,
            queue: of(Fact::Queue).queue,
            workstream: of(Fact::Workstream).workstream,
            state: of(Fact::State).state,
            reason: of(Fact::Reason).reason,
            version: of(Fact::Version).version,
            primary: primary(of(Fact::Primary), of(Fact::PrimaryUnits)),
            offer: offer(of(Fact::Offer), of(Fact::OfferMaker), of(Fact::OfferUnits)),
            consultants: of(Fact::Consultants).consultants.clone(),
            monitors: monitors(of(Fact::JoinedSupervisors), of(Fact::Looks)),
            declines: of(Fact::Declines).declines.clone(),
            declined: of(Fact::Declined).declined,
            tags: of(Fact::Tags).tags.clone(),
            priority: of(Fact::Priority).priority,
            attributes: of(Fact::AttributeKeys).attributes.clone(),
            notice_given_at: of(Fact::NoticeGivenAt).notice_given_at,
            consent: of(Fact::Consent).consent,
            started_at: of(Fact::StartedAt).started_at,
            state_since: of(Fact::StateSince).state_since,
            waiting_since: of(Fact::WaitingSince).waiting_since,
            clocks: of(Fact::Clocks).clocks,
            attention: of(Fact::Attention).attention.clone(),
            acknowledged: of(Fact::Acknowledged).acknowledged.clone(),
            signals: of(Fact::Signals).signals.clone(),
            last_activity_at: of(Fact::LastActivityAt).last_activity_at,
            disposition: of(Fact::Disposition).disposition.clone(),
            rating: of(Fact::Rating).rating,
            closed_at: of(Fact::ClosedAt).closed_at,
            unanswered_since: of(Fact::UnansweredSince).unanswered_since,
            unanswered: of(Fact::UnansweredSince).unanswered.clone(),
            last_answer: of(Fact::UnansweredSince).last_answer.clone(),
            wrote_in_wrap_up_at: of(Fact::Attention).wrote_in_wrap_up_at,
            help: of(Fact::Help).help.clone(),
            responses: of(Fact::Responses).responses,
            customer_away_since: of(Fact::CustomerAwaySince).customer_away_since,
            messages: of(Fact::Messages).messages,
            coached: of(Fact::Coached).coached,
            scores: of(Fact::Scores).scores.clone(),
            sentiment: of(Fact::Sentiment).sentiment.clone(),
            sentiment_since: of(Fact::Sentiment).sentiment_since,
            alerted: of(Fact::Alerted).alerted,
            auto_close_at: of(Fact::AutoCloseAt).auto_close_at,
            customer_grace_until: of(Fact::CustomerGraceUntil).customer_grace_until,
            capacity_until: of(Fact::CapacityUntil).capacity_until,
            course: of(Fact::Course).course.clone(),
        }
    }
}

/// The primary agent of one image, with the units of another, if it has an agent.
fn primary(who: &Conversation, units: &Conversation) -> Option<Primary> {
    let primary = who.primary.as_ref()?;
    let units = units.primary.as_ref().unwrap_or(primary);
    Some(Primary {
        agent: primary.agent,
        kind: primary.kind,
        units: units.units,
        holds: units.holds,
    })
}

/// The offer of one image, with maker and units of others, if they have an offer.
fn offer(offer: &Conversation, maker: &Conversation, units: &Conversation) -> Option<Offer> {
    let offer = offer.offer.as_ref()?;
    let maker = maker.offer.as_ref().unwrap_or(offer);
    let units = units.offer.as_ref().unwrap_or(offer);
    Some(Offer {
        id: offer.id,
        kind: offer.kind,
        agent: offer.agent,
        by: maker.by.clone(),
        units: units.units,
        exceeded_by: units.exceeded_by,
        made_at: offer.made_at,
        due_at: offer.due_at,
    })
}

/// The looks of one image, with those supervisors taking part who take part in another.
fn monitors(joined: &Conversation, looks: &Conversation) -> Vec<Monitor> {
    let looks = &looks.monitors;
    let part_of = |look: &Monitor| {
        joined
            .joined()
            .find(|one| one.supervisor == look.supervisor)
    };
    let looking = looks.iter().map(|look| Monitor {
        session: look.session,
        kind: look.kind,
        supervisor: look.supervisor.clone(),
        started_at: look.started_at,
        until: look.until,
        token: look.token.clone(),
        joined_at: part_of(look).and_then(|part| look.joined_at.or(part.joined_at)),
    });
    let unseen = joined.joined().filter(|one| {
        let mut looks = looks.iter();
        !looks.any(|look| look.supervisor == one.supervisor)
    });
    looking.chain(unseen.cloned()).collect()
}
