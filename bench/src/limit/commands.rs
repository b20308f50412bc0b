//! Append and fdatasync: the bytes of the same rows to one file. Who waits together is synced
//! together, as nothing that keeps its promise can be faster than that.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::Result;
use crate::commands::{Ran, Task, Written, drive};
use crate::peer::commands::read;

/// As the project's writer takes at once.
const BATCH: usize = 256;

struct Append {
    bytes: Arc<[u8]>,
    done: oneshot::Sender<bool>,
}

/// Runs it.
pub async fn run(file: &Path, written: &Written, task: &Task) -> Result<Ran> {
    let groups = read(written, task).await?;
    let bytes: Vec<Arc<[u8]>> = groups.iter().map(|group| group.bytes().into()).collect();
    let file = File::create(file)?;
    let (appends, waiting) = mpsc::channel(BATCH);
    // Ends with its last sender.
    std::thread::spawn(move || append(file, waiting));
    drive(task, usize::MAX, |number| {
        let (done, synced) = oneshot::channel();
        let bytes = bytes[number % bytes.len()].clone();
        let appends = appends.clone();
        async move {
            let sent = appends.send(Append { bytes, done }).await;
            sent.map_err(|_| "the appending thread ended")?;
            match synced.await {
                Ok(true) => Ok(()),
                _ => Err("cannot write or sync".into()),
            }
        }
    })
    .await
}

fn append(mut file: File, mut waiting: mpsc::Receiver<Append>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = waiting.try_recv()
        {
            batch.push(next);
        }
        let bytes: Vec<&[u8]> = batch.iter().map(|append| &*append.bytes).collect();
        let synced = file
            .write_all(&bytes.concat())
            .and_then(|()| file.sync_data())
            .is_ok();
        for append in batch {
            // A client that went away does not matter.
            let _ = append.done.send(synced);
        }
    }
}
