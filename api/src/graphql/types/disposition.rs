//! Dispositions: how conversations end, in the operator's words.

use async_graphql::SimpleObject;

/// A way in which a conversation may have ended.
#[derive(SimpleObject)]
pub struct Disposition {
    /// By which it is named, 1 to 50 characters; once in a workstream.
    code: String,
    /// What people read, 1 to 200 characters. Where the workstream has the code no more, the code.
    label: String,
}

impl From<domain::Disposition> for Disposition {
    fn from(disposition: domain::Disposition) -> Self {
        let [code, label] = [disposition.code, disposition.label].map(|text| text.to_string());
        Self { code, label }
    }
}
