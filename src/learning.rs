//! What `regie sentiment adapt` learnt, taken up by a running server.

use std::sync::{Arc, Weak};
use std::time::Duration;

use engine::app::App;
use engine::store::{Store, StoreError};
use sentiment::LinearScorer;
use tokio::time::sleep;

use crate::commands::sentiment::adapter;

/// How often is looked for something newer.
const EVERY: Duration = Duration::from_secs(5);

/// Scores with what was learnt last, before the first message is taken; answers its version.
pub(crate) async fn load(store: &Store, scorer: &LinearScorer) -> Result<i32, StoreError> {
    let newest = store.adapter().await?;
    Ok(newest.map_or(0, |(version, weights)| {
        match adapter(&weights) {
            Ok(learnt) => scorer.adopt(version, learnt),
            // It is another version's of Regie; what is known stays.
            Err(error) => tracing::warn!(%error, version, "cannot score by what was learnt"),
        }
        version
    }))
}

/// Takes up what is learnt while the application runs.
pub(crate) async fn follow(app: Weak<App>, scorer: Arc<LinearScorer>, mut known: i32) {
    loop {
        sleep(EVERY).await;
        let Some(store) = app.upgrade().map(|app| app.store.clone()) else {
            return;
        };
        // A database that does not answer is told of elsewhere.
        let newest = store.adapter_version().await;
        if newest.is_ok_and(|version| version != known)
            && let Ok(version) = load(&store, &scorer).await
        {
            tracing::info!(version, "scores by what was learnt");
            known = version;
        }
    }
}
