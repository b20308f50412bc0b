//! Being asked to stop: Ctrl-C, and what service managers send.

use std::io;

use tokio_util::sync::CancellationToken;

/// A token that is cancelled at the first SIGINT or SIGTERM.
pub(crate) fn stop() -> io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let asked = asked()?;
    let told = stop.clone();
    tokio::spawn(async move {
        asked.await;
        told.cancel();
    });
    Ok(stop)
}

#[cfg(unix)]
fn asked() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn asked() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Where no signal can be waited for, the process ends in the system's own way.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
