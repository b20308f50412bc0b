//! Whose connection it is, and what is held for that token while it lasts.

use std::any::Any;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;

use tokio_util::sync::WaitForCancellationFutureOwned;

use super::super::App;
use super::super::admission::ConnectionSlot;
use super::super::expiry::Watch;
use super::super::operations::Operations;
use super::close::Close;
use domain::Viewer;

/// Whose connection it is, while the token lasts.
pub(super) struct Session {
    pub(super) viewer: Arc<Viewer>,
    hold: Hold,
    _place: ConnectionSlot,
}

/// What is held for one token.
struct Hold {
    expired: Pin<Box<WaitForCancellationFutureOwned>>,
    _expiry: Watch,
    _connected: Option<Box<dyn Any + Send + Sync>>,
}

impl Hold {
    fn of<E>(app: &App<E>, viewer: &Arc<Viewer>) -> Self {
        let expiry = app.expiries.watch(viewer);
        Self {
            expired: Box::pin(expiry.ended()),
            _expiry: expiry,
            _connected: app.connected(viewer),
        }
    }
}

impl Session {
    pub(super) fn of<E>(app: &App<E>, viewer: Arc<Viewer>, place: ConnectionSlot) -> Self {
        Self {
            hold: Hold::of(app, &viewer),
            _place: place,
            viewer,
        }
    }

    /// Goes on by another token of the same subject. What is held for it is taken before that of the
    /// old one is let go, so that the connection counts throughout.
    pub(super) fn replace<E>(&mut self, app: &App<E>, viewer: Arc<Viewer>) {
        self.hold = Hold::of(app, &viewer);
        self.viewer = viewer;
    }

    /// Ready when the token has ended, or was taken back.
    pub(super) fn expired(&mut self) -> impl Future<Output = ()> {
        self.hold.expired.as_mut()
    }

    /// How a connection closes whose token lasts no longer.
    pub(super) fn close(&self, engine: &impl Operations) -> Close {
        if engine.is_revoked(&self.viewer) {
            Close::TOKEN_REVOKED
        } else {
            Close::TOKEN_EXPIRED
        }
    }
}

/// Ready when the token ends; never before there is one.
pub(super) async fn expired(session: &mut Option<Session>) {
    match session {
        Some(session) => session.expired().await,
        None => pending().await,
    }
}
