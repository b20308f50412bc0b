//! Which input field a refusal is about.

use domain::Refusal;

/// The field, from `input` on; empty when it is about none.
pub(super) fn path_of(refusal: &Refusal) -> Vec<String> {
    let field = match refusal {
        Refusal::InvalidInput { path, .. } | Refusal::TargetNotFound { path } => *path,
        Refusal::VersionConflict { .. } => "expectedVersion",
        Refusal::NoticeChanged { .. } => "version",
        Refusal::IdempotencyKeyReused => "idempotencyKey",
        _ => return Vec::new(),
    };
    let fields = field
        .split('.')
        .filter(|name| *name != "input")
        .map(str::to_owned);
    std::iter::once("input".to_owned()).chain(fields).collect()
}
