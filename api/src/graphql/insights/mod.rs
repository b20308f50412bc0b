//! Figures: what is asked for, and what is answered (domain.md section 12).

mod answer;
mod arguments;
mod durations;
mod figures;
mod rows;
mod series;

pub(super) use answer::answer;
pub(super) use arguments::{Asked, disabled, live_parts, own_question, parts, question, zone};
pub use arguments::{InsightFilter, InsightRange};
pub use rows::Insights;
