//! What the page may do in a browser: its content security policy.
//!
//! Invariants: nothing but this server, in a build of either kind; no script that is not one of its
//! files.

/// The content security policy. Scripts and workers are files of this server; the editor writes
/// its styles and measures into `style` elements and attributes, which cannot be foreseen as
/// hashes, and its style sheets hold images and fonts as `data:`. Nothing else is let in.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
     worker-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";
