//! What the scorers make of messages, alone and in a row.

mod cases;
mod lexicon;
mod linear;
mod parts;
