//! How the databases plan the walks, and what orders and conditions say by themselves.

use super::super::tests::{Bench, lookups};
use super::*;
use domain::audience::{Audience, Fact};
use uuid::Uuid;

fn everything() -> Reach {
    Reach {
        everything: true,
        ..Reach::default()
    }
}

fn of_queues(count: usize) -> Reach {
    Reach {
        queues: (0..count).map(|_| QueueId(Uuid::now_v7())).collect(),
        ..Reach::default()
    }
}

const FIRST: PastSlice = PastSlice {
    after: None,
    before: None,
    count: 25,
    from_end: false,
};

const fn latest(field: PastOrderField) -> PastOrder {
    PastOrder {
        field,
        descending: true,
    }
}

/// Whether a plan reads by an index, stops at its limit and reads nothing from end to end.
fn walks(plan: &[String], index: &str) {
    assert!(
        plan.iter().any(|line| line.contains(index)),
        "{index}: {plan:#?}"
    );
    let whole = |line: &String| {
        line.trim_start_matches(['|', '-', '`', ' ']) == "SCAN conversations"
            || line.contains("Seq Scan on conversations")
    };
    assert!(!plan.iter().any(whole), "{plan:#?}");
}

#[tokio::test]
async fn each_order_is_a_walk_along_its_index() {
    let closed = PastFilter {
        states: Some([State::Closed].into()),
        ..PastFilter::default()
    };
    for bench in Bench::all().await {
        for (reach, field, index) in [
            (
                everything(),
                PastOrderField::Started,
                "ix_conversations_started",
            ),
            (
                everything(),
                PastOrderField::Closed,
                "ix_conversations_closed",
            ),
            (
                everything(),
                PastOrderField::LastActivity,
                "ix_conversations_closed",
            ),
            (
                of_queues(3),
                PastOrderField::Started,
                "ix_conversations_queue",
            ),
            (
                of_queues(3),
                PastOrderField::Closed,
                "ix_conversations_queue_closed",
            ),
            (
                of_queues(3),
                PastOrderField::LastActivity,
                "ix_conversations_queue_closed",
            ),
        ] {
            let order = latest(field);
            let page = bench.store.list_past(&reach, &closed, order, FIRST);
            walks(&bench.plans_of(page).await[0], index);
            let lists = lists(&reach, &closed, order, FIRST).concat();
            assert_eq!(lists.len(), reach.queues.len().max(1));
            for plan in bench.plans_of(run(&bench, &lists)).await {
                walks(&plan, index);
                if field != PastOrderField::Started {
                    let found = lookups(&plan, "conversations") + scans(&plan, index);
                    assert_eq!(found, 1, "{plan:#?}");
                }
            }
        }
    }
}

/// Runs each of these by itself.
async fn run(bench: &Bench, all: &[SelectStatement]) -> Result<(), StoreError> {
    for one in all {
        bench.store.read.query_all(one).await?;
    }
    Ok(())
}

/// Whether a plan reads this index and no row beside it. Of an empty table `PostgreSQL` tells neither: there all indexes that
/// serve cost the same.
fn covered(bench: &Bench, plan: &[String], index: &str) {
    if bench.store.is_sqlite() {
        walks(plan, index);
        let covering = format!("COVERING INDEX {index} ");
        let is_covered = plan.iter().any(|line| line.contains(&covering));
        assert!(is_covered, "{plan:#?}");
    } else {
        walks(plan, "Index");
    }
}

#[tokio::test]
async fn what_has_a_disposition_or_a_rating_is_walked_by_queue_and_value() {
    let by_disposition = PastFilter {
        dispositions: Some(["LOST".into(), "SOLVED".into()].into()),
        ..PastFilter::default()
    };
    let by_rating = PastFilter {
        ratings: Some([1, 2].into()),
        states: Some([State::Closed].into()),
        ..PastFilter::default()
    };
    for bench in Bench::all().await {
        for (filter, index) in [
            (&by_disposition, "ix_conversations_disposition"),
            (&by_rating, "ix_conversations_rating"),
        ] {
            let reach = of_queues(3);
            for field in [PastOrderField::Closed, PastOrderField::LastActivity] {
                let lists = lists(&reach, filter, latest(field), FIRST).concat();
                assert_eq!(lists.len(), 6);
                for plan in bench.plans_of(run(&bench, &lists)).await {
                    covered(&bench, &plan, index);
                    assert_eq!(lookups(&plan, "conversations"), 1);
                }
            }
            let pieces = lanes::counted(&reach, filter).unwrap();
            assert_eq!(pieces.len(), 6);
            for plan in bench.plans_of(run(&bench, &pieces)).await {
                covered(&bench, &plan, index);
            }
        }
        // As many values as make more lanes than that are asked of each row of a queue.
        let many = PastFilter {
            dispositions: Some((0..40).map(|n| format!("D{n}").into()).collect()),
            ..PastFilter::default()
        };
        let closed = latest(PastOrderField::Closed);
        assert_eq!(lists(&of_queues(3), &many, closed, FIRST).concat().len(), 3);
    }
}

#[tokio::test]
async fn counts_of_queues_read_no_row_and_of_several_ways_nothing_twice() {
    let of_queue = PastFilter::default();
    let range = Between {
        from: None,
        to: Some(DateTime::UNIX_EPOCH),
    };
    let closed = PastFilter {
        closed: range,
        ..PastFilter::default()
    };
    let started = PastFilter {
        started: range,
        ..PastFilter::default()
    };
    let reasons = PastFilter {
        states: Some([State::Closed].into()),
        reasons: Some([StatusReason::EndedByAgent].into()),
        channels: Some([Channel::WhatsApp].into()),
        ..PastFilter::default()
    };
    for bench in Bench::all().await {
        for (filter, index) in [
            (&of_queue, "ix_conversations_queue"),
            (&closed, "ix_conversations_queue_closed"),
            (&started, "ix_conversations_queue"),
            (&reasons, "ix_conversations_queue_closed"),
        ] {
            let pieces = lanes::counted(&of_queues(2), filter).unwrap();
            assert_eq!(pieces.len(), 2);
            for plan in bench.plans_of(run(&bench, &pieces)).await {
                covered(&bench, &plan, index);
            }
        }
    }
    // What an agent handled lies in queues that they supervise, too.
    let both = Reach {
        primary: Some(AgentId(Uuid::now_v7())),
        ..of_queues(2)
    };
    assert!(lanes::counted(&both, &of_queue).is_none());
    assert!(lanes::counted(&everything(), &of_queue).is_none());
}

#[tokio::test]
async fn what_is_gathered_is_decided_without_its_rows() {
    let queues = || Some([QueueId(Uuid::now_v7())].into());
    let agent = PastFilter {
        agent: Some(AgentId(Uuid::now_v7())),
        states: Some([State::Closed].into()),
        ..PastFilter::default()
    };
    let tag = PastFilter {
        tags: Some(["vip".into()].into()),
        queues: queues(),
        ..PastFilter::default()
    };
    let text = PastFilter {
        text: Some(Search::new("lamp")),
        queues: queues(),
        ..PastFilter::default()
    };
    for bench in Bench::all().await {
        for filter in [&agent, &tag, &text] {
            for field in [
                PastOrderField::Started,
                PastOrderField::Closed,
                PastOrderField::LastActivity,
            ] {
                let reach = of_queues(2);
                let page = bench.store.list_past(&reach, filter, latest(field), FIRST);
                let plans = bench.plans_of(page).await;
                covered(&bench, &plans[1], "ix_conversations_sought");
            }
        }
    }
}

/// How often an index is walked from its end.
fn scans(plan: &[String], index: &str) -> usize {
    let is_bounded = plan.iter().any(|line| line.contains("Index Cond:"));
    let walked = |line: &&String| {
        line.contains(&format!("SCAN conversations USING INDEX {index}"))
            || line.contains(&format!("SCAN conversations USING COVERING INDEX {index}"))
            || (line.contains(&format!("using {index} on")) && !is_bounded)
    };
    plan.iter().filter(walked).count()
}

#[tokio::test]
async fn what_is_ongoing_is_read_by_its_own_index() {
    for bench in Bench::all().await {
        for reach in [everything(), of_queues(2)] {
            let filter = PastFilter {
                states: Some([State::Open, State::Active].into()),
                queues: Some([QueueId(Uuid::now_v7())].into()),
                ..PastFilter::default()
            };
            let order = latest(PastOrderField::LastActivity);
            let page = bench.store.list_past(&reach, &filter, order, FIRST);
            let plans = bench.plans_of(page).await;
            walks(&plans[0], "ix_conversations_ongoing");
        }
    }
}

#[tokio::test]
async fn an_agents_and_a_customers_are_gathered_by_their_index() {
    let agent = PastFilter {
        agent: Some(AgentId(Uuid::now_v7())),
        queues: Some([QueueId(Uuid::now_v7())].into()),
        ..PastFilter::default()
    };
    let customer = PastFilter {
        customer: Some(CustomerId(Uuid::now_v7())),
        ..PastFilter::default()
    };
    for bench in Bench::all().await {
        for (filter, index) in [
            (&agent, "ix_participants_primary"),
            (&customer, "ix_conversations_customer"),
        ] {
            let order = latest(PastOrderField::Started);
            let reach = of_queues(2);
            let page = bench.store.list_past(&reach, filter, order, FIRST);
            let plans = bench.plans_of(page).await;
            // Counted, then gathered.
            for plan in &plans[..2] {
                walks(plan, index);
                let of_queue = |line: &String| line.contains("ix_conversations_queue");
                assert!(!plan.iter().any(of_queue), "{plan:#?}");
            }
        }
    }
}

#[tokio::test]
async fn tags_dispositions_and_ratings_are_gathered_by_their_index() {
    let words = || Some([Arc::from("SOLVED")].into());
    let by_tag = PastFilter {
        tags: words(),
        ..PastFilter::default()
    };
    let by_disposition = PastFilter {
        dispositions: words(),
        ..PastFilter::default()
    };
    let by_rating = PastFilter {
        ratings: Some([1, 2].into()),
        ..PastFilter::default()
    };
    for bench in Bench::all().await {
        for (filter, index) in [
            (&by_tag, "ix_conversation_tags_tag"),
            (&by_disposition, "ix_conversations_disposition"),
            (&by_rating, "ix_conversations_rating"),
        ] {
            let order = latest(PastOrderField::Closed);
            let reach = of_queues(2);
            let page = bench.store.list_past(&reach, filter, order, FIRST);
            let plans = bench.plans_of(page).await;
            for plan in &plans[..2] {
                walks(plan, index);
            }
        }
    }
}

#[test]
fn every_condition_and_order_is_of_what_everybody_may_know_who_sees_the_conversation() {
    // A condition on what is for some only would tell the others of it: it would need a lane of its own.
    for fact in [
        Fact::State,
        Fact::Channel,
        Fact::Queue,
        Fact::Participants,
        Fact::Customer,
        Fact::Reason,
        Fact::Sentiment,
        Fact::StartedAt,
        Fact::ClosedAt,
        Fact::LastActivityAt,
        Fact::Names,
        Fact::Disposition,
        Fact::Rating,
    ] {
        assert_eq!(fact.audience(), Audience::Everybody, "{fact:?}");
    }
    // Theirs: `carried` and `own` leave out who may not know them.
    assert_eq!(Fact::Tags.audience(), Audience::AgentsAndLeaders);
}

#[test]
fn a_cursor_has_its_place_and_belongs_to_its_list() {
    let filter = PastFilter::default();
    let order = latest(PastOrderField::Closed);
    for closed_at in [None, Some(DateTime::UNIX_EPOCH)] {
        let row = Row {
            id: ConversationId(Uuid::now_v7()),
            at: closed_at,
        };
        let place = order.places(&[row])[0];
        let text = order.encode(&filter, place);
        assert_eq!(order.decode(&filter, &text).unwrap(), place);
        let other = PastFilter {
            states: Some([State::Closed].into()),
            ..filter.clone()
        };
        assert!(order.decode(&other, &text).is_err());
        assert!(
            latest(PastOrderField::Started)
                .decode(&filter, &text)
                .is_err()
        );
        assert!(order.decode(&filter, &text[1..]).is_err());
    }
}
