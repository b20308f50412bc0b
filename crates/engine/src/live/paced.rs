//! An answer that is told again as it changes, no more often than once a second.
//!
//! What such an answer shows is a function of where something stands: the log, and whatever else its subscription
//! names. So nobody looks at it while none of that moves, and however fast it moves the answer is made once in a
//! second: the first time at once, and at last with everything that had moved.

use std::future::pending;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::app::App;
use crate::log::Head;

/// How long one answer stands before the next is made.
pub const PACE: Duration = Duration::from_secs(1);

/// What an answer depends on: when it has not moved, neither has the answer.
#[derive(Clone, Debug)]
pub enum Wakes {
    /// The log.
    Log(watch::Receiver<Head>),
    /// Something that follows the log at its own speed: a number that moves with it.
    Follower(watch::Receiver<u64>),
}

impl Wakes {
    /// Of an answer that is made of what the board has. The board is there before the log's head is.
    pub fn of_log(app: &App) -> Self {
        Self::Log(app.log.watch())
    }

    /// Of an answer that is made of figures.
    pub fn of_figures(app: &App) -> Self {
        Self::Follower(app.figures_moved())
    }

    /// Waits until something has moved since [`look`](Self::look). Waiting can be given up at any time.
    async fn moved(&mut self) {
        match self {
            Self::Log(head) => moved(head).await,
            Self::Follower(number) => moved(number).await,
        }
    }

    /// What moved up to now is looked at next.
    fn look(&mut self) {
        match self {
            Self::Log(head) => head.mark_unchanged(),
            Self::Follower(number) => number.mark_unchanged(),
        }
    }
}

/// Never, where nothing moves it any more.
async fn moved<T>(place: &mut watch::Receiver<T>) {
    if place.changed().await.is_err() {
        pending::<()>().await;
    }
}

/// When the next answer is due.
#[derive(Debug)]
pub struct Pace {
    wakes: Wakes,
    /// Whether an answer is to be made, as soon as the one before has stood for long enough.
    wanted: bool,
    not_before: Instant,
}

impl Pace {
    /// The first answer is due at once.
    pub fn new(wakes: Wakes) -> Self {
        Self {
            wakes,
            wanted: true,
            not_before: Instant::now(),
        }
    }

    /// Waits until an answer is due, which is to be made now. Waiting can be given up at any time.
    pub async fn due(&mut self) {
        if !self.wanted {
            self.wakes.moved().await;
            self.wanted = true;
        }
        sleep_until(self.not_before).await;
        // Before the answer is made: what moves while it is made may not be in it.
        self.wakes.look();
        self.wanted = false;
        self.not_before = Instant::now() + PACE;
    }

    /// Another answer is wanted, whether or not something moves.
    pub const fn ask(&mut self) {
        self.wanted = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const HEAD: Head = Head {
        epoch: Uuid::nil(),
        position: 0,
        hash: 0,
    };

    fn of_log() -> (watch::Sender<Head>, Pace) {
        let log = watch::Sender::new(HEAD);
        let pace = Pace::new(Wakes::Log(log.subscribe()));
        (log, pace)
    }

    /// How many answers are due within this time.
    async fn due_within(pace: &mut Pace, time: Duration) -> u32 {
        let end = Instant::now() + time;
        let mut due = 0;
        while tokio::time::timeout_at(end, pace.due()).await.is_ok() {
            due += 1;
        }
        due
    }

    const SOON: Duration = Duration::from_millis(300);

    #[tokio::test]
    async fn the_first_is_due_at_once_and_none_while_nothing_moves() {
        let (_log, mut pace) = of_log();
        assert_eq!(due_within(&mut pace, SOON).await, 1);
        assert_eq!(due_within(&mut pace, 2 * PACE).await, 0);
    }

    #[tokio::test]
    async fn after_a_quiet_time_it_is_due_as_soon_as_something_moves() {
        let (log, mut pace) = of_log();
        pace.due().await;
        tokio::time::sleep(PACE).await;
        log.send_replace(HEAD);
        assert_eq!(due_within(&mut pace, SOON).await, 1, "the log");

        let figures = watch::Sender::new(0);
        let mut pace = Pace::new(Wakes::Follower(figures.subscribe()));
        pace.due().await;
        tokio::time::sleep(PACE).await;
        figures.send_replace(1);
        assert_eq!(due_within(&mut pace, SOON).await, 1, "a follower");
    }

    #[tokio::test]
    async fn however_fast_it_moves_one_is_due_in_a_second_and_one_after_all() {
        let (log, mut pace) = of_log();
        let moving = async {
            let begun = Instant::now();
            while begun.elapsed() < 2 * PACE + SOON {
                log.send_replace(HEAD);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let (due, ()) = tokio::join!(due_within(&mut pace, 5 * PACE), moving);
        assert_eq!(
            due, 4,
            "at 0, 1 and 2 seconds, and at 3 what came after that"
        );
    }

    #[tokio::test]
    async fn what_moved_is_not_forgotten_where_waiting_was_given_up() {
        let (log, mut pace) = of_log();
        pace.due().await;
        log.send_replace(HEAD);
        // It has begun to wait for the second to pass.
        assert_eq!(due_within(&mut pace, SOON).await, 0);
        assert_eq!(due_within(&mut pace, PACE).await, 1);
    }

    #[tokio::test]
    async fn what_is_asked_for_waits_for_its_second_too() {
        let (_log, mut pace) = of_log();
        pace.due().await;
        pace.ask();
        assert_eq!(due_within(&mut pace, SOON).await, 0);
        assert_eq!(due_within(&mut pace, PACE).await, 1);
    }
}
