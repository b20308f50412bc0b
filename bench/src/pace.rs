//! One thing after the other, or so many a second.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::Result;

/// Things under way at once, however many are asked for.
const AT_ONCE: usize = 64;

/// Does so many things, so many a second, or as many as go (0). They overlap where one takes
/// longer than the next waits, so that a busy server is not asked for less.
pub async fn pace<F>(count: u64, rate: f64, one: impl Fn() -> F) -> Result<()>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let mut ticks = (rate > 0.0).then(|| {
        let mut ticks = interval(Duration::from_secs_f64(1.0 / rate));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        ticks
    });
    let mut under_way = JoinSet::new();
    for _ in 0..count {
        if let Some(ticks) = &mut ticks {
            ticks.tick().await;
        }
        while under_way.len() >= AT_ONCE
            && let Some(done) = under_way.join_next().await
        {
            done??;
        }
        under_way.spawn(one());
        while let Some(done) = under_way.try_join_next() {
            done??;
        }
    }
    while let Some(done) = under_way.join_next().await {
        done??;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[tokio::test]
    async fn everything_is_done_and_a_failure_ends_it() {
        let done = Arc::new(AtomicU64::new(0));
        let one = || {
            let done = done.clone();
            async move {
                match done.fetch_add(1, Ordering::Relaxed) {
                    150 => Err("the 151st".into()),
                    _ => Ok(()),
                }
            }
        };
        pace(100, 0.0, one).await.unwrap();
        assert_eq!(done.load(Ordering::Relaxed), 100);
        pace(10, 1000.0, one).await.unwrap();
        assert_eq!(done.load(Ordering::Relaxed), 110);
        assert!(pace(100, 0.0, one).await.is_err());
    }
}
