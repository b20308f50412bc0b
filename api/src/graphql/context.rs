//! What resolvers get from the request: the application, the viewer, the loaders.

use std::sync::Arc;

use async_graphql::{Context, Error, ErrorExtensions, Result};

use super::loaders::Loaders;
use crate::app::App;
use crate::domain::{Agent, Code, Role, Viewer};

/// Short ways to what a request carries.
pub(super) trait Request<'a> {
    /// The application.
    fn app(&self) -> Result<&'a Arc<App>>;
    /// Who asks. Fails closed where an execution is shared among viewers.
    fn viewer(&self) -> Result<&'a Arc<Viewer>>;
    /// What batches reads of the database.
    fn loaders(&self) -> Result<&'a Loaders>;
    /// The viewer, who must have one of these roles.
    fn one_of(&self, roles: &[Role]) -> Result<&'a Arc<Viewer>>;
}

impl<'a> Request<'a> for Context<'a> {
    fn app(&self) -> Result<&'a Arc<App>> {
        self.data::<Arc<App>>()
    }

    fn viewer(&self) -> Result<&'a Arc<Viewer>> {
        self.data::<Arc<Viewer>>()
    }

    fn loaders(&self) -> Result<&'a Loaders> {
        self.data::<Loaders>()
    }

    fn one_of(&self, roles: &[Role]) -> Result<&'a Arc<Viewer>> {
        let viewer = self.viewer()?;
        if roles.iter().any(|role| viewer.has_role(*role)) {
            return Ok(viewer);
        }
        let needed: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        Err(coded(
            Code::RoleRequired,
            &format!(
                "This needs a token with one of the roles {}.",
                needed.join(", ")
            ),
        ))
    }
}

/// The viewer's own agent row.
pub(super) fn own_agent(app: &App, viewer: &Viewer) -> Option<Arc<Agent>> {
    app.board
        .read(|board| board.world.agent_of(viewer.subject()).cloned())
}

/// Whether the viewer is more than an agent or gateway: may see what would betray a supervisor.
pub(super) fn leads(viewer: &Viewer) -> bool {
    viewer.has_role(Role::Supervisor) || viewer.has_role(Role::Administrator)
}

/// A top-level error with a code.
pub(super) fn coded(code: Code, message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code.as_str()))
}

/// A fault of ours: the client gets an id, the log gets the same id and what happened.
pub(super) fn internal(error: &dyn std::fmt::Display) -> Error {
    let id = uuid::Uuid::now_v7().simple().to_string();
    tracing::error!(id, %error, "a request failed");
    Error::new(format!("Something went wrong on our side; id {id}.")).extend_with(
        |_, extensions| {
            extensions.set("code", Code::Internal.as_str());
            extensions.set("id", id.clone());
        },
    )
}
