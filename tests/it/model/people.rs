//! Who takes part, and where: the organisation of every sequence.

use domain::{Permission, Role};

/// Somebody with a token.
pub struct Person {
    pub subject: &'static str,
    pub roles: &'static [&'static str],
    /// As a supervisor: the queues in scope; none: every queue.
    pub scope: Option<&'static [&'static str]>,
    pub permissions: &'static [&'static str],
    /// As a gateway.
    pub channels: &'static [&'static str],
}

const GATEWAY: &[&str] = &["CUSTOMER_GATEWAY"];
const AGENT: &[&str] = &["AGENT"];
const SUPERVISOR: &[&str] = &["SUPERVISOR"];
const ALL: &[&str] = &[
    "monitor",
    "join",
    "assign",
    "transfer",
    "force_close",
    "label",
    "review",
    "take_over",
    "manage",
];

const fn person(subject: &'static str, roles: &'static [&'static str]) -> Person {
    Person {
        subject,
        roles,
        scope: Some(&[]),
        permissions: &[],
        channels: &[],
    }
}

/// Everybody. `sue`'s tokens last an hour, everybody else's for ever.
pub const PEOPLE: &[Person] = &[
    Person {
        channels: &["LIVE_CHAT", "WHATSAPP", "SMS"],
        ..person("web", GATEWAY)
    },
    Person {
        channels: &["SMS", "VOICE", "RECORD"],
        ..person("phone", GATEWAY)
    },
    person("anna", AGENT),
    person("bert", AGENT),
    // An agent of A, B and V who supervises B.
    Person {
        scope: Some(&["B"]),
        permissions: ALL,
        ..person("cora", &["AGENT", "SUPERVISOR"])
    },
    person("robo", AGENT),
    // An agent's token without an agent.
    person("nils", AGENT),
    Person {
        scope: None,
        permissions: ALL,
        ..person("sam", SUPERVISOR)
    },
    Person {
        scope: Some(&["A", "B", "V"]),
        permissions: &["monitor", "join", "transfer"],
        ..person("sue", SUPERVISOR)
    },
    Person {
        scope: None,
        permissions: ALL,
        ..person("max", &["SUPERVISOR", "API_ACCESS"])
    },
    // Who may only watch, and who may only take part, which nobody can without watching.
    Person {
        scope: None,
        permissions: &["monitor"],
        ..person("mia", SUPERVISOR)
    },
    Person {
        scope: None,
        permissions: &["join"],
        ..person("joe", SUPERVISOR)
    },
    person("ada", &["ADMINISTRATOR"]),
    person("nemo", &[]),
];

/// For how many seconds a token of `sue` lasts. One that is new takes over all her looks.
pub const SHORT: i64 = 3600;

impl Person {
    pub fn of(subject: &str) -> &'static Self {
        let found = PEOPLE.iter().find(|person| person.subject == subject);
        found.unwrap()
    }

    pub fn is(&self, role: &str) -> bool {
        self.roles.contains(&role)
    }

    /// Whether this queue is in the supervisor's scope.
    pub fn supervises(&self, queue: &str) -> bool {
        self.is("SUPERVISOR") && self.scope.is_none_or(|scope| scope.contains(&queue))
    }

    /// Whether there is an agent of this subject.
    pub fn has_row(&self) -> bool {
        AGENTS.iter().any(|agent| agent.name == self.subject)
    }
}

#[test]
fn every_role_and_every_permission_is_somebodys_and_lacking_in_somebody() {
    for role in Role::ALL {
        let (name, has) = (role.as_str(), |person: &Person| person.is(role.as_str()));
        assert!(PEOPLE.iter().any(has), "give somebody the role {name}");
        assert!(!PEOPLE.iter().all(has), "everybody has the role {name}");
    }
    let supervisors = || PEOPLE.iter().filter(|person| person.is("SUPERVISOR"));
    for permission in Permission::ALL {
        let name = permission.as_str();
        let has = |person: &Person| {
            let mut held = person.permissions.iter();
            held.any(|one| name == spelled(one))
        };
        assert!(supervisors().any(has), "give somebody {name}");
        assert!(!supervisors().all(has), "everybody has {name}");
    }
}

/// How a token spells this permission.
pub fn spelled(permission: &str) -> String {
    let of = if permission == "manage" {
        "agent"
    } else {
        "conversation"
    };
    format!("{of}:{permission}")
}

/// An agent as the organisation has it at first.
pub struct Hired {
    pub name: &'static str,
    pub bot: bool,
    pub capacity: i64,
    pub queues: &'static [&'static str],
}

pub const AGENTS: &[Hired] = &[
    Hired {
        name: "anna",
        bot: false,
        capacity: 3,
        queues: &["A", "V", "R"],
    },
    Hired {
        name: "bert",
        bot: false,
        capacity: 4,
        queues: &["A", "B"],
    },
    Hired {
        name: "cora",
        bot: false,
        capacity: 2,
        queues: &["A", "B", "V"],
    },
    Hired {
        name: "robo",
        bot: true,
        capacity: 0,
        queues: &["A", "B", "R"],
    },
];

/// Queues, each with its kind. A, V and R are those of a new database.
pub const QUEUES: &[(&str, &str)] = &[
    ("A", "MESSAGING"),
    ("B", "MESSAGING"),
    ("C", "MESSAGING"),
    ("V", "VOICE"),
    ("W", "VOICE"),
    ("R", "RECORD"),
];

/// The kind of queue and workstream that a channel needs.
pub fn kind_of(channel: &str) -> &'static str {
    match channel {
        "VOICE" => "VOICE",
        "RECORD" => "RECORD",
        _ => "MESSAGING",
    }
}

pub fn kind_of_queue(queue: &str) -> Option<&'static str> {
    let found = QUEUES.iter().find(|(name, _)| *name == queue);
    found.map(|(_, kind)| *kind)
}

/// What a workstream says.
#[derive(Debug)]
pub struct Workstream {
    pub name: &'static str,
    pub kind: &'static str,
    pub units: i64,
    pub notice: &'static str,
    pub presences: &'static [&'static str],
    /// Seconds for which WRAP_UP keeps the capacity; none: until CLOSED.
    pub wrap_up: Option<i64>,
    pub offer: i64,
    pub grace: i64,
    /// Own auto-close seconds, by state.
    pub own: &'static [(&'static str, i64)],
}

const DEFAULT: Workstream = Workstream {
    name: "messaging",
    kind: "MESSAGING",
    units: 1,
    notice: "NOTICE",
    presences: &["AVAILABLE", "BUSY"],
    wrap_up: None,
    offer: 120,
    grace: 180,
    own: &[],
};

/// The three of a new database, and two of our own.
pub const WORKSTREAMS: &[Workstream] = &[
    DEFAULT,
    Workstream {
        name: "voice",
        kind: "VOICE",
        ..DEFAULT
    },
    Workstream {
        name: "record",
        kind: "RECORD",
        ..DEFAULT
    },
    Workstream {
        name: "careful",
        units: 2,
        notice: "CONSENT_REQUIRED",
        presences: &["AVAILABLE"],
        wrap_up: Some(300),
        offer: 60,
        own: &[("ACTIVE", 5400), ("WRAP_UP", 1200)],
        ..DEFAULT
    },
    Workstream {
        name: "open",
        notice: "NONE",
        wrap_up: Some(0),
        grace: 90,
        own: &[("OPEN", 7200), ("WAITING", 10_800)],
        ..DEFAULT
    },
];

impl Workstream {
    pub fn of(name: &str) -> &'static Self {
        let found = WORKSTREAMS
            .iter()
            .find(|workstream| workstream.name == name);
        found.unwrap()
    }

    /// After how many seconds a conversation leaves this state by itself.
    pub fn auto_close(&self, channel: &str, state: &str) -> Option<i64> {
        const MINUTE: i64 = 60;
        const HOUR: i64 = 60 * MINUTE;
        const DAY: i64 = 24 * HOUR;
        if channel == "RECORD" {
            return None;
        }
        if let Some((_, seconds)) = self.own.iter().find(|(of, _)| *of == state) {
            return Some(*seconds);
        }
        match (channel, state) {
            ("LIVE_CHAT", "OPEN") => Some(20 * MINUTE),
            ("LIVE_CHAT", "WRAP_UP") => Some(15 * MINUTE),
            ("LIVE_CHAT", _) | ("VOICE", "WAITING") => None,
            ("VOICE", "ACTIVE") => Some(2 * HOUR),
            (_, "WRAP_UP") => Some(DAY),
            (_, "WAITING") => Some(28 * DAY),
            _ => Some(30 * DAY),
        }
    }
}
