//! The seal of cursors: authenticated encryption by one key, with a nonce that is random each time.
//!
//! XChaCha20-Poly1305. Its nonce of 24 bytes is long enough to be drawn at random on every server without
//! their agreeing on a count.

use chacha20poly1305::aead::AeadInOut as _;
use chacha20poly1305::{Key, KeyInit as _, Tag, XChaCha20Poly1305, XNonce};
use rand::Rng as _;

use super::BYTES;

/// The first byte of what is sealed in this way.
const FORM: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
/// How many bytes a sealed cursor has.
pub(super) const SEALED: usize = 1 + NONCE + BYTES + TAG;
/// How many bytes the key has.
pub(crate) const KEY: usize = 32;

/// What seals cursors and opens them.
#[derive(Clone)]
pub(super) struct Seal(XChaCha20Poly1305);

/// Whether these bytes have the form of a sealed cursor.
pub(super) const fn is_one(sealed: &[u8; SEALED]) -> bool {
    sealed[0] == FORM
}

impl Seal {
    /// The seal of this key.
    pub fn new(key: [u8; KEY]) -> Self {
        Self(XChaCha20Poly1305::new(&Key::from(key)))
    }

    /// A key that nobody knows.
    pub fn new_key() -> [u8; KEY] {
        let mut key = [0; KEY];
        rand::rng().fill_bytes(&mut key);
        key
    }

    /// Seals a cursor's bytes.
    pub fn seal(&self, bytes: &[u8; BYTES]) -> [u8; SEALED] {
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let mut content = *bytes;
        let buffer = content.as_mut_slice().into();
        let tag = self
            .0
            .encrypt_inout_detached(&XNonce::from(nonce), &[FORM], buffer);
        let tag = tag.unwrap_or_else(|_| {
            // Refused is only what is longer than 256 GiB; nothing is given away even so.
            content.fill(0);
            Tag::default()
        });
        let mut sealed = [FORM; SEALED];
        sealed[1..=NONCE].copy_from_slice(&nonce);
        sealed[1 + NONCE..SEALED - TAG].copy_from_slice(&content);
        sealed[SEALED - TAG..].copy_from_slice(&tag);
        sealed
    }

    /// The bytes that were sealed; none where this key did not seal them.
    pub fn open(&self, sealed: &[u8; SEALED]) -> Option<[u8; BYTES]> {
        let nonce: [u8; NONCE] = sealed[1..=NONCE].try_into().ok()?;
        let mut content: [u8; BYTES] = sealed[1 + NONCE..SEALED - TAG].try_into().ok()?;
        let tag: [u8; TAG] = sealed[SEALED - TAG..].try_into().ok()?;
        let buffer = content.as_mut_slice().into();
        self.0
            .decrypt_inout_detached(&XNonce::from(nonce), &[FORM], buffer, &Tag::from(tag))
            .ok()?;
        Some(content)
    }
}
