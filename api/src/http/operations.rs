//! What the transports need of an engine, so that they can be tested over another.

use std::sync::Arc;

use async_graphql::ServerError;
use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;

use crate::graphql::engine::{
    Answer, Engine, GraphQlRequest, Held, OperationKind, Prepared, SubscriptionItem, Whose,
};
use crate::graphql::gate::GateRefusal;
use auth::TokenRefused;
use domain::Viewer;

/// Runs operations. [`Engine`] says what each method means.
pub(super) trait Operations: Clone + Send + Sync + 'static {
    /// An operation that passed the gate.
    type Prepared: Send + 'static;

    fn authenticate(
        &self,
        token: &str,
    ) -> impl Future<Output = Result<Arc<Viewer>, TokenRefused>> + Send;

    fn authenticate_next(
        &self,
        token: &str,
        connection: &Viewer,
    ) -> impl Future<Output = Result<Arc<Viewer>, TokenRefused>> + Send;

    fn is_revoked(&self, viewer: &Viewer) -> bool;

    fn now(&self) -> DateTime<Utc>;

    fn prepare(&self, request: GraphQlRequest) -> Result<Self::Prepared, GateRefusal>;

    fn kind(prepared: &Self::Prepared) -> OperationKind;

    fn hold(&self, prepared: &Self::Prepared, viewer: &Viewer) -> Result<Held, ServerError>;

    fn hold_payload(&self, viewer: &Viewer, bytes: usize)
    -> Result<Option<Box<Held>>, ServerError>;

    fn execute(
        &self,
        prepared: Self::Prepared,
        viewer: Arc<Viewer>,
    ) -> impl Future<Output = Answer> + Send;

    fn subscribe(
        &self,
        prepared: Self::Prepared,
        whose: Whose,
    ) -> impl Future<Output = Subscribed> + Send;
}

/// A running subscription, or why there is none.
pub(super) type Subscribed = Result<BoxStream<'static, SubscriptionItem>, Vec<ServerError>>;

/// Whether this viewer's token has ended, or was taken back. The task that watches live connections (`expiry`) looks
/// twice a second; this is for what happens in between.
pub(super) fn has_ended(engine: &impl Operations, viewer: &Viewer) -> bool {
    viewer.expires_at() <= engine.now() || engine.is_revoked(viewer)
}

impl Operations for Engine {
    type Prepared = Prepared;

    fn authenticate(
        &self,
        token: &str,
    ) -> impl Future<Output = Result<Arc<Viewer>, TokenRefused>> + Send {
        Self::authenticate(self, token)
    }

    fn authenticate_next(
        &self,
        token: &str,
        connection: &Viewer,
    ) -> impl Future<Output = Result<Arc<Viewer>, TokenRefused>> + Send {
        Self::authenticate_next(self, token, connection)
    }

    fn is_revoked(&self, viewer: &Viewer) -> bool {
        Self::is_revoked(self, viewer)
    }

    fn now(&self) -> DateTime<Utc> {
        Self::now(self)
    }

    fn prepare(&self, request: GraphQlRequest) -> Result<Prepared, GateRefusal> {
        Self::prepare(self, request)
    }

    fn kind(prepared: &Prepared) -> OperationKind {
        prepared.kind
    }

    fn hold(&self, prepared: &Prepared, viewer: &Viewer) -> Result<Held, ServerError> {
        Self::hold(self, prepared, viewer)
    }

    fn hold_payload(
        &self,
        viewer: &Viewer,
        bytes: usize,
    ) -> Result<Option<Box<Held>>, ServerError> {
        Self::hold_payload(self, viewer, bytes)
    }

    fn execute(
        &self,
        prepared: Prepared,
        viewer: Arc<Viewer>,
    ) -> impl Future<Output = Answer> + Send {
        Self::execute(self, prepared, viewer)
    }

    fn subscribe(
        &self,
        prepared: Prepared,
        whose: Whose,
    ) -> impl Future<Output = Subscribed> + Send {
        Self::subscribe(self, prepared, whose)
    }
}
