//! What happens when nothing happens for too long: each within a second of its due time, also
//! after a restart, and not when something else came first (domain.md section 2).

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Database, Server, Token, soon};
use crate::stage::{Stage, agent, conversation, on};

const OFFERED: &str = "state statusReason waitingSince pendingOffer { id dueAt }";

/// Waits until the conversation is in this state for this reason.
async fn becomes(stage: &Stage, id: &str, state: &str, reason: &str) {
    let what = format!("{state} {reason}");
    soon(&what, || async {
        let now = stage.conversation(id, "state statusReason").await;
        now["state"] == state && now["statusReason"] == reason
    })
    .await;
}

/// Time enough for a timer that is due to act.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(700)).await;
}

#[tokio::test]
async fn an_offer_times_out_and_the_conversation_waits_as_long_as_it_did() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let anna = stage.agent_id("anna").await;
        let id = stage.start("LIVE_CHAT").await;
        let began = stage.conversation(&id, "waitingSince").await;
        for missed in 1..=3 {
            stage.server.clock.advance(TimeDelta::seconds(10));
            assert_eq!(stage.assign(&id, &anna).await["errors"], json!([]));
            assert_eq!(stage.consumed("anna").await, 1);
            stage.server.clock.advance(TimeDelta::seconds(100));
            a_moment().await;
            let now = stage.conversation(&id, "state").await;
            assert_eq!(now["state"], "ACTIVE", "the offer still runs");
            stage.server.clock.advance(TimeDelta::seconds(20));
            becomes(&stage, &id, "OPEN", "AWAITING_AGENT_ASSIGNMENT").await;
            let ran = stage.between(&id, "AssignedToAgent", "OfferTimedOut").await;
            assert!(ran >= TimeDelta::seconds(120), "not a moment early: {ran}");
            let now = stage.conversation(&id, OFFERED).await;
            assert_eq!(now["pendingOffer"], Value::Null);
            assert_eq!(now["waitingSince"], began["waitingSince"]);
            assert_eq!(stage.consumed("anna").await, 0);
            let kinds = stage.kinds(&id).await;
            let timed_out = kinds.iter().filter(|kind| *kind == "OfferTimedOut");
            assert_eq!(timed_out.count(), missed);
        }
        let refused = stage.assign(&id, &anna).await;
        assert_eq!(refused["errors"][0]["code"], "DECLINED_TOO_OFTEN");
    }
}

#[tokio::test]
async fn an_offer_that_came_due_while_the_server_was_down_times_out_at_its_start() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let anna = stage.agent_id("anna").await;
        let id = stage.start("LIVE_CHAT").await;
        stage.assign(&id, &anna).await;
        let Stage {
            server,
            database,
            supervisor,
            ..
        } = stage;
        let clock = server.clock.clone();
        drop(server);
        clock.advance(TimeDelta::seconds(121));
        let server = Server::at(database, clock).await;
        soon("the offer of before the restart times out", || async {
            conversation(&server, &supervisor, &id, "state").await["state"] == "OPEN"
        })
        .await;
    }
}

#[tokio::test]
async fn a_timer_that_was_overtaken_does_nothing() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let anna = stage.agent_id("anna").await;
        let id = stage.start("LIVE_CHAT").await;
        stage.assign(&id, &anna).await;
        stage.act(&agent("anna"), "acceptOffer", &id).await;
        stage.act(&stage.gateway, "customerDisconnected", &id).await;
        stage.act(&stage.gateway, "customerReconnected", &id).await;
        let before = stage.kinds(&id).await;
        stage.server.clock.advance(TimeDelta::minutes(10));
        a_moment().await;
        assert_eq!(stage.kinds(&id).await, before);
        assert_eq!(stage.consumed("anna").await, 1);
        // An offer that is made again has its whole time.
        let id = stage.start("LIVE_CHAT").await;
        stage.assign(&id, &anna).await;
        stage.server.clock.advance(TimeDelta::seconds(100));
        stage.act(&stage.supervisor, "cancelOffer", &id).await;
        stage.assign(&id, &anna).await;
        stage.server.clock.advance(TimeDelta::seconds(100));
        a_moment().await;
        assert_eq!(stage.conversation(&id, "state").await["state"], "ACTIVE");
    }
}

#[tokio::test]
async fn a_live_chat_customer_who_stays_away_has_left() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let (open, active) = (
            stage.start("LIVE_CHAT").await,
            stage.start("LIVE_CHAT").await,
        );
        stage.act(&agent("anna"), "pickConversation", &active).await;
        for id in [&open, &active] {
            stage.act(&stage.gateway, "customerDisconnected", id).await;
        }
        stage.server.clock.advance(TimeDelta::seconds(160));
        a_moment().await;
        let now = stage.conversation(&active, "state").await;
        assert_eq!(now["state"], "ACTIVE");
        stage.server.clock.advance(TimeDelta::seconds(20));
        becomes(&stage, &open, "CLOSED", "CUSTOMER_LEFT_OPEN").await;
        becomes(&stage, &active, "WRAP_UP", "CUSTOMER_DISCONNECTED").await;
        for (id, left) in [(&open, "Closed"), (&active, "MovedToWrapUp")] {
            let away = stage.between(id, "CustomerDisconnected", left).await;
            assert!(away >= TimeDelta::seconds(180), "{left} early: {away}");
        }
        let late = stage
            .server
            .code(&stage.gateway, "customerReconnected", on(&active))
            .await;
        assert_eq!(late, "INVALID_STATE");
    }
}

#[tokio::test]
async fn each_state_closes_by_itself_in_its_own_time() {
    for database in Database::all().await {
        let stage = Stage::on(database, &[]).await;
        stage.hire("anna", 100).await;
        let anna = agent("anna");
        let steps: [(&str, &[&str], TimeDelta, &str, &str); 6] = [
            (
                "LIVE_CHAT",
                &[],
                TimeDelta::minutes(20),
                "CLOSED",
                "AUTO_CLOSED_BY_SYSTEM",
            ),
            (
                "LIVE_CHAT",
                &["pickConversation", "endConversation"],
                TimeDelta::minutes(15),
                "CLOSED",
                "AUTO_CLOSED_BY_SYSTEM",
            ),
            (
                "WHATSAPP",
                &["pickConversation", "endConversation"],
                TimeDelta::days(1),
                "CLOSED",
                "AUTO_CLOSED_BY_SYSTEM",
            ),
            (
                "WHATSAPP",
                &["pickConversation", "setAsideConversation"],
                TimeDelta::days(28),
                "CLOSED",
                "AUTO_CLOSED_FROM_WAITING",
            ),
            (
                "SMS",
                &["pickConversation"],
                TimeDelta::days(30),
                "CLOSED",
                "AUTO_CLOSED_BY_SYSTEM",
            ),
            (
                "SMS",
                &[],
                TimeDelta::days(30),
                "CLOSED",
                "AUTO_CLOSED_BY_SYSTEM",
            ),
        ];
        let never = stage.start("LIVE_CHAT").await;
        stage.act(&anna, "pickConversation", &never).await;
        let mut waiting = Vec::new();
        for (channel, acts, after, state, reason) in steps {
            let id = stage.start(channel).await;
            for act in acts {
                stage.act(&anna, act, &id).await;
            }
            waiting.push((id, after, state, reason));
        }
        waiting.sort_by_key(|(_, after, ..)| *after);
        let (mut gone, little) = (TimeDelta::zero(), TimeDelta::seconds(30));
        for (id, after, state, reason) in &waiting {
            let (early, due) = (*after - little, *after + little);
            if early > gone {
                stage.server.clock.advance(early - gone);
                gone = early;
                a_moment().await;
                let now = stage.conversation(id, "state").await;
                assert_ne!(now["state"], *state, "{after}");
            }
            if due > gone {
                stage.server.clock.advance(due - gone);
                gone = due;
            }
            becomes(&stage, id, state, reason).await;
        }
        assert_eq!(stage.conversation(&never, "state").await["state"], "ACTIVE");
        assert_eq!(stage.consumed("anna").await, 1);
    }
}

#[tokio::test]
async fn a_call_that_runs_for_two_hours_moves_to_wrap_up() {
    let stage = Stage::on(Database::sqlite(), &[]).await;
    let lists =
        "{ queues { edges { node { id kind } } } workstreams { edges { node { id kind } } } }";
    let data = stage.server.data(&stage.admin, lists, json!({})).await;
    let voice = |list: &str| {
        let edges = data[list]["edges"].as_array().unwrap();
        let edge = edges
            .iter()
            .find(|edge| edge["node"]["kind"] == "VOICE")
            .unwrap();
        edge["node"]["id"].clone()
    };
    let queue = voice("queues");
    let input = json!({ "subject": "vera", "name": "vera", "queueIds": [queue] });
    stage
        .server
        .done(&stage.admin, "createAgent", input, "")
        .await;
    let input =
        json!({ "channel": "VOICE", "queueId": queue, "workstreamId": voice("workstreams") });
    let call = stage
        .server
        .done(
            &stage.gateway,
            "startConversation",
            input,
            "conversation { id }",
        )
        .await;
    let call = call["conversation"]["id"].as_str().unwrap();
    stage.act(&agent("vera"), "pickConversation", call).await;
    stage.server.clock.advance(TimeDelta::minutes(119));
    a_moment().await;
    assert_eq!(stage.conversation(call, "state").await["state"], "ACTIVE");
    stage.server.clock.advance(TimeDelta::minutes(1));
    soon("WRAP_UP", || async {
        stage.conversation(call, "state").await["state"] == "WRAP_UP"
    })
    .await;
}

#[tokio::test]
async fn wrap_up_gives_capacity_back_after_the_workstreams_seconds() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let input = json!({ "name": "Brief", "wrapUpCapacitySeconds": 60, "units": 2 });
        let made = stage
            .server
            .done(&stage.admin, "createWorkstream", input, "workstream { id }")
            .await;
        let workstream = made["workstream"]["id"].as_str().unwrap();
        let id = stage.start_with("LIVE_CHAT", workstream).await;
        stage.act(&agent("anna"), "pickConversation", &id).await;
        stage.act(&agent("anna"), "endConversation", &id).await;
        stage.server.clock.advance(TimeDelta::seconds(40));
        a_moment().await;
        assert_eq!(stage.consumed("anna").await, 2);
        stage.server.clock.advance(TimeDelta::seconds(20));
        soon("the capacity is given back", || async {
            stage.consumed("anna").await == 0
        })
        .await;
        let after = stage
            .between(&id, "MovedToWrapUp", "CapacityReleased")
            .await;
        assert!(after >= TimeDelta::seconds(60), "early: {after}");
        assert_eq!(stage.conversation(&id, "state").await["state"], "WRAP_UP");
        stage.act(&agent("anna"), "closeConversation", &id).await;
        assert_eq!(
            stage.kinds(&id).await,
            [
                "ConversationStarted",
                "Picked",
                "MovedToWrapUp",
                "CapacityReleased",
                "Closed"
            ]
        );
        assert_eq!(stage.consumed("anna").await, 0);
    }
}

#[tokio::test]
async fn a_monitor_session_ends_with_its_token_and_a_refreshed_token_takes_it_over() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let id = stage.start("LIVE_CHAT").await;
        stage.act(&agent("anna"), "pickConversation", &id).await;
        let hours = |count: u64| {
            let lasting = Duration::from_secs(count * 3600);
            Token::supervisor("sue").lasting(lasting).sign()
        };
        stage.act(&hours(1), "monitorConversation", &id).await;
        let look = |fields: &'static str| stage.conversation(&id, fields);
        let sessions = "runningMonitorSessions { supervisor tokenExpiresAt }";
        assert_eq!(
            look(sessions).await["runningMonitorSessions"][0]["supervisor"],
            "sue"
        );
        stage.act(&hours(2), "monitorConversation", &id).await;
        stage.server.clock.advance(TimeDelta::minutes(90));
        a_moment().await;
        let running = look(sessions).await["runningMonitorSessions"].clone();
        assert_eq!(running.as_array().unwrap().len(), 1);
        stage.server.clock.advance(TimeDelta::minutes(30));
        soon("the session ends", || async {
            look(sessions).await["runningMonitorSessions"] == json!([])
        })
        .await;
        let ended = look("monitorSessions { endedBy }").await;
        assert_eq!(
            ended["monitorSessions"],
            json!([{ "endedBy": "TOKEN_EXPIRED" }])
        );
    }
}

#[tokio::test]
async fn an_agent_who_misses_an_offer_becomes_inactive_where_the_organisation_says_so() {
    for database in Database::all().await {
        let stage = Stage::on(database, &["anna"]).await;
        let setting = json!({ "inactiveAfterMissedOffer": true });
        stage
            .server
            .done(&stage.admin, "updateSupervisorSettings", setting, "")
            .await;
        let anna = stage.agent_id("anna").await;
        let id = stage.start("LIVE_CHAT").await;
        stage.assign(&id, &anna).await;
        stage.server.clock.advance(TimeDelta::seconds(120));
        let token = agent("anna");
        soon("anna is INACTIVE", || async {
            let query = "{ viewer { presence } }";
            let me = stage.server.data(&token, query, json!({})).await;
            me["viewer"]["presence"] == "INACTIVE"
        })
        .await;
        let refused = stage.assign(&id, &anna).await;
        assert_eq!(refused["errors"][0]["code"], "PRESENCE_NOT_ALLOWED");
        stage.present("anna", "AVAILABLE").await;
        assert_eq!(stage.assign(&id, &anna).await["errors"], json!([]));
    }
}
