//! What the demo's messages have attached: drawings and a document of its own, and voice notes that it makes.
//!
//! Whoever runs the demo serves each at its address ([`Media::address`]).

mod voice;

use std::borrow::Cow;
use std::sync::LazyLock;

/// Where they are served: each under this, by its name.
pub const PATH: &str = "/demo/media";

/// Something that the demo serves.
pub struct Media {
    /// The name of the file.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub bytes: Cow<'static, [u8]>,
    /// How long it plays, in seconds; none: it does not play.
    pub seconds: Option<u32>,
}

impl Media {
    /// The path at which the demo serves it.
    pub fn address(&self) -> String {
        format!("{PATH}/{}", self.name)
    }

    /// What it is, as `AttachmentKind` says it.
    pub(super) fn kind(&self) -> &'static str {
        match self.media_type.split('/').next() {
            Some("image") if self.name.starts_with("sticker-") => "STICKER",
            Some("image") => "IMAGE",
            Some("audio") => "AUDIO",
            _ => "FILE",
        }
    }

    const fn drawing(name: &'static str, bytes: &'static [u8]) -> Self {
        Self {
            name,
            media_type: "image/svg+xml",
            bytes: Cow::Borrowed(bytes),
            seconds: None,
        }
    }

    fn voice(name: &'static str, seconds: u32) -> Self {
        Self {
            name,
            media_type: "audio/wav",
            bytes: Cow::Owned(voice::note(seconds)),
            seconds: Some(seconds),
        }
    }
}

/// Everything that the demo serves.
pub fn all() -> &'static [Media] {
    static ALL: LazyLock<[Media; 9]> = LazyLock::new(|| {
        [
            Media::drawing("broken-lamp.svg", include_bytes!("broken-lamp.svg")),
            Media::drawing("receipt.svg", include_bytes!("receipt.svg")),
            Media::drawing("meter-reading.svg", include_bytes!("meter-reading.svg")),
            Media::drawing("dented-parcel.svg", include_bytes!("dented-parcel.svg")),
            Media::drawing("error-e18.svg", include_bytes!("error-e18.svg")),
            Media::drawing("sticker-thanks.svg", include_bytes!("sticker-thanks.svg")),
            Media {
                name: "quote.pdf",
                media_type: "application/pdf",
                bytes: Cow::Borrowed(include_bytes!("quote.pdf")),
                seconds: None,
            },
            Media::voice("voice-note.wav", 4),
            Media::voice("spraakbericht.wav", 6),
        ]
    });
    &*ALL
}

/// The one of this name.
pub fn find(name: &str) -> Option<&'static Media> {
    all().iter().find(|media| media.name == name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_names_what_it_shows_and_runs_nothing() {
        let drawings = all()
            .iter()
            .filter(|media| media.media_type == "image/svg+xml");
        for drawing in drawings {
            let text = std::str::from_utf8(&drawing.bytes).unwrap();
            assert!(text.contains("aria-label="), "{}", drawing.name);
            for foreign in ["<script", "href", "url(", "onload", "<!"] {
                assert!(!text.contains(foreign), "{}: {foreign}", drawing.name);
            }
        }
    }

    #[test]
    fn a_voice_note_is_a_wave_file_of_its_length() {
        let note = find("voice-note.wav").unwrap();
        assert_eq!(
            (&note.bytes[..4], &note.bytes[8..12]),
            (&b"RIFF"[..], &b"WAVE"[..])
        );
        let said = u32::from_le_bytes(note.bytes[40..44].try_into().unwrap());
        assert_eq!(said as usize, note.bytes.len() - 44);
        assert_eq!(said, 4 * 8_000);
    }
}
