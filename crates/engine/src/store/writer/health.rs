//! Whether commands are carried out, and why not: what readiness says.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::store::StoreError;

/// The writer's health, good in the beginning.
#[derive(Debug, Default)]
pub(super) struct Health {
    fails: AtomicBool,
    /// What the log says of it now.
    told: Mutex<Option<String>>,
}

impl Health {
    /// Whether the last commit succeeded, and the database has what the board shows.
    pub(super) fn is_good(&self) -> bool {
        !self.fails.load(Ordering::Relaxed)
    }

    /// A commit failed; whether the next one would is found out now.
    pub(super) fn fails(&self) {
        self.fails.store(true, Ordering::Relaxed);
    }

    /// Takes in how a commit ended, in this error, or how a look did, also well. The log has one line when that changes.
    pub(super) fn note(&self, error: Option<&StoreError>) {
        let why = error.map(ToString::to_string);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if *told != why {
            if let Some(error) = &why {
                tracing::error!(error, "commands are not carried out");
            } else {
                tracing::info!("commands are carried out again");
            }
        }
        self.fails.store(why.is_some(), Ordering::Relaxed);
        *told = why;
    }
}
