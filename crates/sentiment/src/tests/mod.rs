//! What the scorers make of messages, alone and in a row.

#[allow(clippy::unwrap_used)]
mod adapter;
mod cases;
mod intents;
mod lexicon;
mod linear;
mod parts;
mod signals;
