//! What the scorers make of messages, alone and in a row.

mod adapter;
mod cases;
mod intents;
mod lexicon;
mod linear;
mod parts;
mod signals;
