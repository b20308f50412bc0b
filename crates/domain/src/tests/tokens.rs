//! Who asks: tokens, and the people who hold them.

use super::harness::noon;
use super::*;

/// A token in the making.
pub struct Token(Claims);

impl Token {
    /// A token that allows nothing.
    pub fn of(subject: &str) -> Self {
        Self(Claims {
            subject: Subject::new(subject).unwrap(),
            roles: BTreeSet::new(),
            permissions: BTreeSet::new(),
            queues: Scope::nothing(),
            channels: Scope::nothing(),
            source: Source::new("gateway"),
            issued_at: noon(),
            expires_at: noon() + TimeDelta::days(365),
            token_id: None,
        })
    }

    pub fn role(mut self, role: Role) -> Self {
        self.0.roles.insert(role);
        self
    }

    /// The role SUPERVISOR with every permission, in every queue.
    pub fn supervises(self) -> Self {
        let mut all = self.role(Role::Supervisor).scope(Scope::All);
        all.0.permissions.extend(Permission::ALL);
        all
    }

    pub fn scope(mut self, queues: Scope<QueueId>) -> Self {
        self.0.queues = queues;
        self
    }

    pub fn without(mut self, permission: Permission) -> Self {
        self.0.permissions.remove(&permission);
        self
    }

    pub fn channels(mut self, channels: Scope<Channel>) -> Self {
        self.0.channels = channels;
        self
    }

    pub fn until(mut self, expires_at: DateTime<Utc>) -> Self {
        self.0.expires_at = expires_at;
        self
    }

    pub fn viewer(self) -> Viewer {
        Viewer::of_verified_token(self.0)
    }

    pub fn asks(self) -> Asker {
        Asker::Viewer(self.viewer().into())
    }
}

pub fn gateway() -> Asker {
    let all = Token::of("gateway").channels(Scope::All);
    all.role(Role::CustomerGateway).asks()
}

pub fn agent(subject: &str) -> Asker {
    Token::of(subject).role(Role::Agent).asks()
}

pub fn anna() -> Asker {
    agent("anna")
}

pub fn bram() -> Asker {
    agent("bram")
}

pub fn carla() -> Asker {
    agent("carla")
}

pub fn dirk() -> Asker {
    agent("dirk")
}

pub fn robo() -> Asker {
    agent("robo")
}

pub fn sofie() -> Asker {
    Token::of("sofie").supervises().asks()
}

/// Bram is a supervisor too.
pub fn bram_both() -> Asker {
    Token::of("bram").role(Role::Agent).supervises().asks()
}

pub fn simon() -> Asker {
    Token::of("simon").supervises().asks()
}

pub fn admin() -> Asker {
    Token::of("admin").role(Role::Administrator).asks()
}
