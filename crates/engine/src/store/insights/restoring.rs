//! What is known of the time before there were figures, once more after a start.

use super::super::{EventLog, ResumeError, Store, StoreError};
use super::projector::occurrence;
use domain::insights::{Counted, Counting};

/// Goes over what was counted from before there were figures, so that what is known of it is known again.
pub(super) async fn restore(
    store: &Store,
    log: &EventLog,
    to: i64,
    counting: &mut Counting,
) -> Result<(), StoreError> {
    let Some(first) = store.first_event().await? else {
        return Ok(());
    };
    let mut position = first - 1;
    let mut passed = counting.clone();
    while position < to {
        let entries = match log.after(position).await {
            Ok(entries) => entries,
            Err(ResumeError::Expired) => return Ok(()),
            Err(ResumeError::Store(error)) => return Err(error),
        };
        for entry in entries.iter().take_while(|entry| entry.position <= to) {
            passed.count(occurrence(entry), &mut Counted::default());
            position = entry.position;
        }
        if entries.is_empty() {
            break;
        }
    }
    counting.take_restored(passed);
    Ok(())
}
