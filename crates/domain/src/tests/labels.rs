//! Tags and priority (domain.md section 11): who changes them, what comes of it, and who learns of it.

use super::*;
use crate::audience::Audience;

fn tags(texts: &[&str]) -> Tags {
    texts.iter().map(|text| Tag::new(text).unwrap()).collect()
}

fn update(add: &[&str], remove: &[&str], priority: Option<Priority>) -> Act {
    Act::UpdateConversation(commands::UpdateConversation {
        add_tags: tags(add),
        remove_tags: tags(remove),
        priority,
        ..commands::UpdateConversation::default()
    })
}

fn note(set: &[(&str, &str)], unset: &[&str]) -> Act {
    let set = set
        .iter()
        .map(|(key, value)| ((*key).into(), (*value).into()));
    Act::UpdateConversation(commands::UpdateConversation {
        set_attributes: set.collect(),
        remove_attributes: unset.iter().map(|key| (*key).into()).collect(),
        ..commands::UpdateConversation::default()
    })
}

/// What the latest command writes of attributes, beside the log.
fn written(stage: &Stage) -> Vec<(String, Option<String>)> {
    let texts = stage.decision.as_ref().unwrap().texts.iter();
    let attributes = texts.filter_map(|text| match text {
        Text::Attribute { key, value, .. } => {
            Some((key.to_string(), value.as_ref().map(ToString::to_string)))
        }
        _ => None,
    });
    attributes.collect()
}

fn keys(stage: &Stage, id: ConversationId) -> Vec<String> {
    let conversation = stage.conversation(id);
    conversation
        .attributes
        .iter()
        .map(ToString::to_string)
        .collect()
}

fn texts(stage: &Stage, id: ConversationId) -> Vec<String> {
    let conversation = stage.conversation(id);
    let texts = conversation.tags.iter().map(|tag| tag.text().to_string());
    texts.collect()
}

#[test]
fn a_conversation_starts_with_the_labels_that_its_gateway_gives() {
    let mut stage = Stage::new();
    let plain = stage.start(Channel::Sms);
    let start = Start {
        tags: tags(&["VIP", "vip", "late"]),
        priority: Priority::Urgent,
        ..stage.starting(Channel::Sms)
    };
    let id = start.id;
    stage
        .play(&gateway(), &Command::Start(start.into()))
        .unwrap();
    assert_eq!(texts(&stage, id), ["VIP", "late"]);
    assert_eq!(stage.conversation(id).priority, Priority::Urgent);
    assert_eq!(stage.conversation(plain).priority, Priority::Normal);
    let many: Vec<String> = (0..21).map(|number| number.to_string()).collect();
    let start = Start {
        tags: many.iter().filter_map(|text| Tag::new(text)).collect(),
        ..stage.starting(Channel::Sms)
    };
    let refused = stage.play(&gateway(), &Command::Start(start.into()));
    assert_eq!(refused.unwrap_err().code(), Code::InvalidInput);
}

#[test]
fn an_image_without_labels_says_nothing_of_them_and_one_of_before_is_read() {
    let (stage, id) = Stage::with(Channel::Sms);
    let image = serde_json::to_value(&*stage.conversation(id)).unwrap();
    assert_eq!((image.get("tags"), image.get("priority")), (None, None));
    let read: Conversation = serde_json::from_value(image).unwrap();
    assert_eq!(read, *stage.conversation(id));
}

#[test]
fn labels_change_one_by_one_and_what_is_so_already_is_no_event() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    stage.does(
        &anna(),
        id,
        update(&["VIP", "Late"], &[], Some(Priority::High)),
    );
    let before = stage.conversation(id);
    stage.pass(60);
    let kinds = stage.does(
        &sofie(),
        id,
        update(&["refund", "vip"], &["LATE", "gone"], None),
    );
    assert_eq!(kinds, [Kind::LabelsChanged]);
    assert_eq!(texts(&stage, id), ["VIP", "refund"]);
    let [
        Change::LabelsChanged {
            added,
            removed,
            priority,
            ..
        },
    ] = &stage.changes()[..]
    else {
        panic!("{:?}", stage.changes());
    };
    let names =
        |tags: &[Tag]| -> Vec<String> { tags.iter().map(|tag| tag.text().to_string()).collect() };
    assert_eq!(
        (names(added), names(removed)),
        (vec!["refund".into()], vec!["Late".into()])
    );
    assert_eq!(*priority, None);
    let after = stage.conversation(id);
    assert_eq!(after.priority, Priority::High);
    // It tells nobody of anything but the labels, and restarts no clock.
    let same = Conversation {
        tags: after.tags.clone(),
        ..(*before).clone()
    };
    assert_eq!(*after, same);
    let again = update(&["vip"], &["late"], Some(Priority::High));
    assert_eq!(stage.does(&sofie(), id, again), []);
}

#[test]
fn more_than_twenty_tags_and_one_that_both_comes_and_goes_are_refused() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let number = |number: usize| number.to_string();
    let twenty: Vec<String> = (0..20).map(number).collect();
    let twenty: Vec<&str> = twenty.iter().map(String::as_str).collect();
    stage.does(&anna(), id, update(&twenty, &[], None));
    let refused = |stage: &mut Stage, act| match stage.refused(&anna(), id, act) {
        Refusal::InvalidInput { path, .. } => path,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(&mut stage, update(&["one more"], &[], None)),
        "addTags"
    );
    assert_eq!(
        refused(&mut stage, update(&["1"], &["1"], None)),
        "removeTags"
    );
    stage.does(&anna(), id, update(&["one more"], &["7"], None));
    assert_eq!(stage.conversation(id).tags.len(), 20);
}

#[test]
fn its_primary_agent_and_supervisors_with_the_permission_change_labels_and_nobody_else_does() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let vip = || update(&["vip"], &[], None);
    let offer = Act::AssignToAgent(commands::AssignToAgent(to(ANNA)));
    stage.does(&sofie(), id, offer);
    // Whom it is offered to does not handle it yet.
    let code = |stage: &mut Stage, asker: &Asker| stage.refused(asker, id, vip()).code();
    assert_eq!(code(&mut stage, &anna()), Code::NotParticipant);
    stage.does(&anna(), id, Act::Accept);
    let bare = Token::of("sofie").supervises().without(Permission::Label);
    let elsewhere = Token::of("bram")
        .role(Role::Agent)
        .role(Role::Administrator);
    for (asker, refused) in [
        (gateway(), Code::RoleRequired),
        (admin(), Code::RoleRequired),
        (carla(), Code::NotFound),
        (elsewhere.asks(), Code::NotParticipant),
        (bare.asks(), Code::PermissionMissing),
    ] {
        assert_eq!(code(&mut stage, &asker), refused, "{asker:?}");
    }
    // Every setting off.
    stage.sets(SettingsPatch {
        supervisor_monitor: Some(false),
        supervisor_assign: Some(false),
        supervisor_transfer: Some(false),
        supervisor_force_close: Some(false),
        ..SettingsPatch::default()
    });
    stage.does(&sofie(), id, vip());
    stage.does(&anna(), id, update(&[], &["vip"], None));
    stage.does(&anna(), id, Act::End);
    stage.does(&anna(), id, vip());
    stage.does(&anna(), id, Act::Close);
    for asker in [anna(), sofie()] {
        let refused = stage.refused(&asker, id, update(&["late"], &[], None));
        assert_eq!(refused.code(), Code::ConversationClosed);
    }
}

#[test]
fn a_consultant_who_supervises_labels_as_a_supervisor() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(&bram(), id, Act::Pick);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(ANNA))));
    stage.does(&anna(), id, Act::Accept);
    let refused = stage.refused(&bram(), id, update(&["vip"], &[], None));
    assert_eq!(
        refused,
        Refusal::NotParticipant(ParticipantRole::PrimaryAgent)
    );
    let both = Token::of("bram").role(Role::Agent).supervises().asks();
    stage.does(&both, id, update(&["vip"], &[], None));
    let actor = &stage.decision.as_ref().unwrap().actor;
    assert!(matches!(actor, Actor::Supervisor { .. }), "{actor:?}");
}

#[test]
fn a_change_of_tags_alone_is_not_for_gateways() {
    let changed = |added: &[&str], priority| Change::LabelsChanged {
        added: tags(added).iter().cloned().collect(),
        removed: vec![],
        priority,
        set: BTreeSet::new(),
        unset: BTreeSet::new(),
    };
    let (tags, both) = (
        changed(&["vip"], None),
        changed(&["vip"], Some(Priority::Low)),
    );
    assert_eq!(tags.audience(), Audience::AgentsAndLeaders);
    assert_eq!(both.audience(), Audience::Everybody);
}

#[test]
fn attributes_are_given_at_the_start_set_and_removed_and_only_their_keys_are_in_the_log() {
    let mut stage = Stage::new();
    let start = Start {
        attributes: [("order".into(), "4711".into())].into(),
        ..stage.starting(Channel::WhatsApp)
    };
    let id = start.id;
    stage
        .play(&gateway(), &Command::Start(start.into()))
        .unwrap();
    assert_eq!(keys(&stage, id), ["order"]);
    assert_eq!(written(&stage), [("order".into(), Some("4711".into()))]);
    stage.does(&anna(), id, Act::Pick);
    let before = stage.conversation(id);
    for asker in [gateway(), anna(), sofie()] {
        let kinds = stage.does(
            &asker,
            id,
            note(&[("plan", "gold"), ("order", "4712")], &["gone"]),
        );
        assert_eq!(kinds, [Kind::LabelsChanged], "{asker:?}");
        let expected = [
            ("order".into(), Some("4712".into())),
            ("plan".into(), Some("gold".into())),
        ];
        assert_eq!(written(&stage), expected);
        let log = format!("{:?}", stage.decision.as_ref().unwrap().events);
        assert!(!log.contains("4712") && !log.contains("gold"), "{log}");
    }
    assert_eq!(keys(&stage, id), ["order", "plan"]);
    stage.does(&gateway(), id, note(&[], &["order", "gone"]));
    assert_eq!(
        (keys(&stage, id), written(&stage)),
        (vec!["plan".into()], vec![("order".into(), None)])
    );
    assert_eq!(stage.does(&gateway(), id, note(&[], &["order"])), []);
    let after = stage.conversation(id);
    assert_eq!(
        (after.version, after.last_activity_at),
        (before.version, before.last_activity_at)
    );
}

#[test]
fn a_gateway_changes_attributes_and_no_tags_and_no_priority() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let both = |add: &[&str], priority| {
        Act::UpdateConversation(commands::UpdateConversation {
            add_tags: tags(add),
            priority,
            set_attributes: [("order".into(), "4711".into())].into(),
            ..commands::UpdateConversation::default()
        })
    };
    let refused = Refusal::RoleRequired(Role::Supervisor);
    assert_eq!(stage.refused(&gateway(), id, both(&["vip"], None)), refused);
    assert_eq!(
        stage.refused(&gateway(), id, both(&[], Some(Priority::Low))),
        refused
    );
    stage.does(&gateway(), id, both(&[], None));
    let sms = Token::of("gateway").role(Role::CustomerGateway);
    let sms = sms.channels(Scope::Only([Channel::Sms].into()));
    let elsewhere = stage.refused(&sms.role(Role::Administrator).asks(), id, both(&[], None));
    assert_eq!(elsewhere.code(), Code::OutOfScope);
    let bare = Token::of("sofie").supervises().without(Permission::Label);
    assert_eq!(
        stage.refused(&bare.asks(), id, both(&[], None)).code(),
        Code::PermissionMissing
    );
    assert_eq!(stage.refused(&admin(), id, both(&[], None)), refused);
}

#[test]
fn more_than_thirty_attributes_and_one_that_is_both_set_and_removed_are_refused() {
    let (mut stage, id) = Stage::with_anna_on(Channel::WhatsApp);
    let names: Vec<String> = (0..31).map(|number| number.to_string()).collect();
    let all: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "x")).collect();
    let path = |refusal| match refusal {
        Refusal::InvalidInput { path, .. } => path,
        other => panic!("{other:?}"),
    };
    stage.does(&gateway(), id, note(&all[..30], &[]));
    let refused = stage.refused(&gateway(), id, note(&all[30..], &[]));
    assert_eq!(path(refused), "setAttributes");
    let refused = stage.refused(&gateway(), id, note(&all[..1], &["0"]));
    assert_eq!(path(refused), "removeAttributes");
    stage.does(&gateway(), id, note(&all[30..], &["7"]));
    assert_eq!(stage.conversation(id).attributes.len(), 30);
}

#[test]
fn attributes_are_read_by_gateway_and_supervisors_and_by_agents_once_accepted() {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    let reads = |stage: &Stage, token: Token| {
        let (viewer, image) = (token.viewer(), stage.conversation(id));
        let agent = stage.world.agent_of(viewer.subject()).map(|agent| &**agent);
        let observer = crate::audience::Observer::new(viewer.access(), agent, &image);
        observer.knows(crate::audience::Fact::Attributes)
    };
    let agent = |subject| Token::of(subject).role(Role::Agent);
    let all = Token::of("gateway")
        .role(Role::CustomerGateway)
        .channels(Scope::All);
    assert!(reads(&stage, all) && reads(&stage, Token::of("sofie").supervises()));
    assert!(!reads(&stage, Token::of("admin").role(Role::Administrator)));
    assert!(!reads(&stage, agent("anna")), "in her queue");
    stage.does(
        &sofie(),
        id,
        Act::AssignToAgent(commands::AssignToAgent(to(ANNA))),
    );
    assert!(!reads(&stage, agent("anna")), "offered");
    stage.does(&anna(), id, Act::Accept);
    assert!(reads(&stage, agent("anna")), "accepted");
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(BRAM))));
    stage.does(&bram(), id, Act::Accept);
    assert!(reads(&stage, agent("anna")), "as a consultant");
    assert!(!reads(&stage, agent("carla")));
}
