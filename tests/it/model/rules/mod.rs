//! What domain.md says of each command: refused with which code, or done, and what it comes to.
//!
//! Written from the rulebook, never from the program's own rules. Where the rulebook leaves the order
//! of two checks open, a verdict holds every code that it allows.

mod begun;
mod customers;
mod effects;
mod fits;
mod hands;
mod judge;
mod messages;
mod steps;
mod target;
mod time;

pub use hands::Each;
pub use messages::Landing;

/// What must come of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is done.
    Done,
    /// It repeats an earlier one, whose answer had this `asOf`.
    Repeat(String),
    /// It is refused with one of these codes.
    Refused(Vec<&'static str>),
}
