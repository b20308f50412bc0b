//! What the board does not know of the past, read from the log when somebody resumes from there.
//!
//! One page is read at a time, from where the board's knowledge begins backwards, and everybody who waits has it. So who
//! resumes from a recent position waits for the pages down to there, and for one page at most of somebody who reads
//! far back; and a page is in memory, never all of them.

use crate::board::Board;
use crate::store::{MembershipPage, StoreError};

/// Whose turn it is to read a page. The turns go to whoever waits longest.
#[derive(Default)]
pub(super) struct LookingBack(tokio::sync::Mutex<()>);

impl LookingBack {
    /// Waits until the board knows who was a member of what after this position. `read` gives the last page of the events
    /// between two positions.
    pub async fn to<F: Future<Output = Result<MembershipPage, StoreError>>>(
        &self,
        board: &Board,
        position: i64,
        read: impl Fn(i64, i64) -> F,
    ) -> Result<(), StoreError> {
        let known = || board.read(|board| board.past.since());
        while known() > position {
            let _turn = self.0.lock().await;
            let known = known();
            if known <= position {
                break;
            }
            let (since, changes) = read(position, known).await?;
            board.update(|board| {
                // Not where the board was taken afresh meanwhile: there is a gap between.
                if board.past.since() == known {
                    board.past.reach_back(since, &changes);
                }
            });
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::HashMap;
    use std::pin::pin;

    use futures_util::poll;
    use tokio::sync::Semaphore;
    use uuid::Uuid;

    use super::*;
    use crate::board::State;
    use crate::log::Head;
    use domain::World;

    /// How many positions a page covers.
    const PAGE: i64 = 10;

    fn state(position: i64) -> State {
        let head = Head {
            epoch: Uuid::nil(),
            position,
            hash: 0,
        };
        State::new(World::default(), HashMap::new(), head)
    }

    fn board(position: i64) -> Board {
        Board::new(state(position))
    }

    #[tokio::test]
    async fn a_board_that_is_exchanged_meanwhile_is_not_taken_to_know_what_lies_between() {
        let (board, ranges) = (board(100), RefCell::new(vec![]));
        let read = async |position: i64, until: i64| {
            if until == 100 {
                board.update(|board| *board = state(200));
            }
            ranges.borrow_mut().push((position, until));
            Ok((position, vec![]))
        };
        let looking = LookingBack::default();
        looking.to(&board, 50, read).await.unwrap();
        assert_eq!(*ranges.borrow(), [(50, 100), (50, 200)]);
        assert_eq!(board.read(|board| board.past.since()), 50);
    }

    #[tokio::test]
    async fn who_reads_far_back_delays_nobody_who_does_not() {
        let board = board(10_000);
        let (looking, database, read) = (LookingBack::default(), Semaphore::new(0), Cell::new(0));
        let page = async |position: i64, until: i64| {
            let since = position.max(until - PAGE);
            let size = u32::try_from((until - since) / PAGE).unwrap();
            // Each page takes the database some time.
            database.acquire_many(size.max(1)).await.unwrap().forget();
            read.set(read.get() + 1);
            Ok((since, vec![]))
        };
        let mut old = pin!(looking.to(&board, 0, &page));
        assert!(poll!(&mut old).is_pending());
        let mut recent = pin!(looking.to(&board, 9_985, &page));
        let mut recent_is_there = poll!(&mut recent).is_ready();
        assert!(!recent_is_there);
        while !recent_is_there && read.get() < 4 {
            database.add_permits(1);
            assert!(poll!(&mut old).is_pending());
            recent_is_there = poll!(&mut recent).is_ready();
        }
        assert!(recent_is_there, "after {} pages", read.get());
        assert!(board.read(|board| board.past.since()) <= 9_985);

        database.add_permits(1_000);
        old.await.unwrap();
        assert_eq!(board.read(|board| board.past.since()), 0);
        // Whoever comes after that reads nothing.
        let pages = read.get();
        looking.to(&board, 0, &page).await.unwrap();
        assert_eq!(read.get(), pages);
    }
}
