//! What the server answers over HTTP, one file per path.

pub mod graphiql;
