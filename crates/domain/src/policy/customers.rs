//! Which customers a viewer finds in the list of customers or by their id (domain.md section 11).

use crate::{Role, Source, Viewer};

/// What a viewer finds among all customers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerReach {
    /// Every customer: an administrator's.
    pub everything: bool,
    /// Those of this source: a gateway's.
    pub source: Option<Source>,
    /// Those from before there were sources that came by this gateway: by the subject of its token.
    pub before: Option<Source>,
}

impl CustomerReach {
    /// Who may find customers, but for a gateway only its own.
    pub const ROLES: [Role; 2] = [Role::Administrator, Role::CustomerGateway];

    /// Of this viewer; nothing without one of [`ROLES`](Self::ROLES).
    pub fn of(viewer: &Viewer) -> Self {
        let is_gateway = viewer.has_role(Role::CustomerGateway);
        let source = viewer.access().source().filter(|_| is_gateway).cloned();
        Self {
            everything: viewer.has_role(Role::Administrator),
            before: source.as_ref().map(|_| viewer.subject().clone().into()),
            source,
        }
    }
}
