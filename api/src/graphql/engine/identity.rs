//! Whose an operation is: tokens, which of them take over what an earlier one began, and who is connected.

use std::sync::Arc;

use super::Engine;
use auth::TokenRefused;
use domain::Viewer;
use engine::store::Connected;

impl Engine {
    /// The viewer that the token stands for. One that is new here takes over, in the background, the running
    /// looks of its subject that an earlier one holds.
    pub async fn authenticate(&self, token: &str) -> Result<Arc<Viewer>, TokenRefused> {
        let (authenticator, revocations) = (&self.0.authenticator, self.0.app.revocations());
        let known = authenticator
            .identify(token, revocations, self.now())
            .await?;
        if known.first_sight {
            self.goes_over_to(&known.viewer);
        }
        Ok(known.viewer)
    }

    /// The viewer that the token stands for, which a connection of this viewer brings to go on by. It takes over
    /// like one that is new here, also where it was seen before, and once: a token that is both makes one order.
    pub async fn authenticate_next(
        &self,
        token: &str,
        connection: &Viewer,
    ) -> Result<Arc<Viewer>, TokenRefused> {
        let (authenticator, revocations) = (&self.0.authenticator, self.0.app.revocations());
        let known = authenticator
            .identify(token, revocations, self.now())
            .await?;
        if known.first_sight || known.viewer.subject() == connection.subject() {
            self.goes_over_to(&known.viewer);
        }
        Ok(known.viewer)
    }

    /// This viewer's token takes over, in the background, the running looks of its subject that an earlier one holds.
    fn goes_over_to(&self, viewer: &Arc<Viewer>) {
        if self.0.app.holds_older_looks(viewer) {
            tokio::spawn(self.clone().take_over(viewer.clone()));
        }
    }

    async fn take_over(self, viewer: Arc<Viewer>) {
        let taken = self.0.app.token_refreshed(&viewer);
        if let Err(error) = taken.await {
            tracing::warn!(%error, "cannot judge running looks by a new token");
            // So that its next use is again the first.
            let authenticator = &self.0.authenticator;
            authenticator.forget(|known| known.subject() == viewer.subject());
        }
    }

    /// Whether this viewer's token was taken back.
    pub fn is_revoked(&self, viewer: &Viewer) -> bool {
        self.0.app.revocations().hit(viewer)
    }

    /// Counts a live stream of this viewer for as long as the answer is kept (domain.md section 2,
    /// "Agent connection").
    pub fn stream_opened(&self, viewer: &Viewer) -> Option<Connected> {
        self.0.app.stream_opened(viewer)
    }
}
