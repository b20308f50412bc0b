//! Every action with every kind of token, as a snapshot: domain.md section 3 as it is in code.

use std::fmt::Write;

use super::*;

/// A conversation that Anna handles and Bram advises, on WHATSAPP, in Support.
fn handled() -> (Stage, Arc<Conversation>) {
    let (mut stage, id) = Stage::with(Channel::WhatsApp);
    stage.does(&bram(), id, Act::Pick);
    stage.does(&sofie(), id, Act::Transfer(commands::Transfer(to(ANNA))));
    stage.does(&anna(), id, Act::Accept);
    let conversation = stage.conversation(id);
    (stage, conversation)
}

/// What the policy answers: the role that the action is granted in, or the refusal.
fn answer(
    world: &World,
    settings: &Settings,
    token: Token,
    c: &Arc<Conversation>,
    action: Action,
) -> String {
    let viewer = token.viewer();
    let agent = world.agent_of(viewer.subject()).map(|agent| &**agent);
    let needs = action.spec().needs;
    let answer = policy::known_agent(&viewer, agent, needs)
        .and_then(|()| policy::permit(&viewer, agent, settings, c, action, needs));
    match answer {
        Ok(grant) => format!("as {}", grant.role()),
        Err(refusal) => refusal.code().as_str().into(),
    }
}

fn line_of(name: &str, text: &mut String, answers: impl Fn(Action) -> String) {
    writeln!(text, "\n# {name}\n").unwrap();
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for action in Action::ALL {
        groups
            .entry(answers(*action))
            .or_default()
            .push(format!("{action:?}"));
    }
    for (answer, actions) in groups {
        let all = if actions.len() == Action::ALL.len() {
            "everything".into()
        } else {
            actions.join(" ")
        };
        writeln!(text, "{answer}: {all}").unwrap();
    }
}

type Case<'a> = (&'a str, &'a Settings, &'a dyn Fn() -> Token);

#[test]
fn every_action_is_granted_to_whom_the_domain_names() {
    let (stage, conversation) = handled();
    let off = Settings {
        supervisor_monitor: false,
        ..Settings::default()
    };
    let elsewhere = || Scope::Only(BTreeSet::from([SALES]));
    let here = || Scope::Only(BTreeSet::from([SUPPORT]));
    let gateway = |channel| {
        let token = Token::of("gateway").role(Role::CustomerGateway);
        token.channels(Scope::Only(BTreeSet::from([channel])))
    };
    let agent = |subject| Token::of(subject).role(Role::Agent);
    let bare = || Token::of("sofie").role(Role::Supervisor).scope(here());
    let full = || Token::of("sofie").supervises().scope(here());
    let on = &*stage.world.settings;
    let cases: &[Case<'_>] = &[
        ("no role", on, &|| Token::of("nobody")),
        ("API_ACCESS alone", on, &|| {
            Token::of("program").role(Role::ApiAccess)
        }),
        ("gateway of its channel", on, &|| gateway(Channel::WhatsApp)),
        ("gateway of another channel", on, &|| gateway(Channel::Sms)),
        ("gateway of another channel, administrator too", on, &|| {
            gateway(Channel::Sms).role(Role::Administrator)
        }),
        ("administrator", on, &|| {
            Token::of("admin").role(Role::Administrator)
        }),
        ("its primary agent", on, &|| agent("anna")),
        ("its consultant", on, &|| agent("bram")),
        ("an agent of its queue", on, &|| agent("carla")),
        ("an agent without a row", on, &|| agent("nobody")),
        ("an agent without a row, administrator too", on, &|| {
            agent("nobody").role(Role::Administrator)
        }),
        ("an agent without a row, supervisor too", on, &|| {
            agent("nobody").supervises()
        }),
        ("supervisor of another queue", on, &|| {
            Token::of("sofie").supervises().scope(elsewhere())
        }),
        (
            "supervisor of another queue, its primary agent too",
            on,
            &|| agent("anna").supervises().scope(elsewhere()),
        ),
        (
            "supervisor of its queue, its primary agent too",
            on,
            &|| agent("anna").supervises(),
        ),
        ("supervisor of its queue", on, &full),
        ("supervisor of its queue, API_ACCESS too", on, &|| {
            full().role(Role::ApiAccess)
        }),
        ("supervisor without permissions", on, &bare),
        (
            "supervisor without permissions, API_ACCESS too",
            on,
            &|| bare().role(Role::ApiAccess),
        ),
        ("supervisor, every setting off", &off, &full),
        (
            "supervisor without permissions, every setting off, API_ACCESS too",
            &off,
            &|| bare().role(Role::ApiAccess),
        ),
    ];
    let mut text = String::new();
    for (name, settings, token) in cases {
        line_of(name, &mut text, |action| {
            answer(&stage.world, settings, token(), &conversation, action)
        });
    }
    insta::assert_snapshot!("tokens", text);
}

#[test]
fn each_action_of_a_supervisor_needs_its_own_setting_and_permission() {
    let (stage, conversation) = handled();
    let on = &*stage.world.settings;
    let off = [
        (
            Setting::SupervisorMonitor,
            Settings {
                supervisor_monitor: false,
                ..on.clone()
            },
        ),
        (
            Setting::SupervisorAssign,
            Settings {
                supervisor_assign: false,
                ..on.clone()
            },
        ),
        (
            Setting::SupervisorTransfer,
            Settings {
                supervisor_transfer: false,
                ..on.clone()
            },
        ),
        (
            Setting::SupervisorForceClose,
            Settings {
                supervisor_force_close: false,
                ..on.clone()
            },
        ),
        (
            Setting::SupervisorTakeOver,
            Settings {
                supervisor_take_over: false,
                ..on.clone()
            },
        ),
    ];
    let full = || Token::of("sofie").supervises();
    let mut text = String::new();
    for action in Action::ALL {
        let asks = |settings, token| answer(&stage.world, settings, token, &conversation, *action);
        if asks(on, full()) != "as SUPERVISOR" {
            continue;
        }
        write!(text, "\n{action:?}:").unwrap();
        for (setting, settings) in &off {
            if asks(settings, full()) == "SETTING_DISABLED" {
                write!(text, " {}", setting.as_str()).unwrap();
            }
        }
        for permission in Permission::ALL {
            if asks(on, full().without(*permission)) == "PERMISSION_MISSING" {
                write!(text, " {permission}").unwrap();
            }
        }
    }
    insta::assert_snapshot!("supervisors", text);
}

#[test]
fn the_settings_default_as_the_domain_says() {
    let settings = Settings::default();
    assert!(settings.supervisor_monitor && settings.sentiment_analysis);
    assert!(!settings.supervisor_assign && !settings.supervisor_transfer);
    assert!(!settings.supervisor_force_close && !settings.inactive_after_missed_offer);
    assert!(!settings.supervisor_take_over && settings.supervisor_manage_agents);
    assert_eq!(settings.sentiment_alert_threshold, AlertThreshold::Negative);
}

#[test]
fn every_action_has_a_name_of_its_own_in_the_audit_and_is_itself() {
    let mut names = BTreeMap::new();
    for action in Action::ALL {
        let spec = action.spec();
        assert_eq!(spec.action, *action, "its SPEC names another action");
        let other = names.insert(spec.audited, *action);
        assert_eq!(
            other, None,
            "give {action:?} a name of its own in AuditedAction and its SPEC"
        );
    }
    let fields = Action::ALL
        .iter()
        .filter_map(|action| action.spec().viewer_can);
    let fields: Vec<_> = fields.map(|shown| shown.field).collect();
    let once: BTreeSet<_> = fields.iter().collect();
    assert_eq!(
        once.len(),
        fields.len(),
        "two actions have one field of viewerCan: {fields:?}"
    );
}
