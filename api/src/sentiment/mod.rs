//! From one customer message to one score.
//!
//! A scorer looks at a single text and knows nothing of conversations; the rolling level over
//! the six most recent customer messages is a rule and lives in `domain::sentiment`.
