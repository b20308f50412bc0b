//! What a turn has beside its text, and how the files say it.
//!
//! A line that begins with `+` belongs to the turn above it: `+ file NAME | LABEL` (what the demo serves),
//! `+ place LATITUDE LONGITUDE | LABEL`, `+ contact | LABEL`, `+ other | LABEL`, `+ answers N` (the Nth turn, from 1),
//! `+ edited TEXT`, `+ removed`, `+ reaction EMOJI` (of the other side), `+ failed CODE | WORDS`.

use serde_json::{Value, json};

use crate::demo::media;

/// Something beside the text of a turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::demo) enum Extra {
    Attached(Attached),
    /// It answers the turn with this index.
    Answers(usize),
    /// Whoever wrote it changes it to this.
    Edited(&'static str),
    /// Whoever wrote it takes it away.
    Removed,
    /// The other side reacts with this.
    Reaction(&'static str),
    /// The channel does not deliver it.
    Failed {
        code: &'static str,
        words: &'static str,
    },
}

/// Something attached.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::demo) enum Attached {
    /// What the demo serves under this name.
    File {
        name: &'static str,
        label: &'static str,
    },
    Place {
        latitude: f64,
        longitude: f64,
        label: &'static str,
    },
    Contact(&'static str),
    /// What the channel carries and Regie has no kind for.
    Other(&'static str),
}

impl Extra {
    /// Reads what stands after the `+`.
    pub(super) fn parse(line: &'static str) -> Option<Self> {
        let line = line.trim();
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (head, label) = match rest.split_once('|') {
            Some((head, label)) => (head.trim(), label.trim()),
            None => (rest.trim(), ""),
        };
        Some(match word {
            "file" => {
                media::find(head)?;
                Self::Attached(Attached::File { name: head, label })
            }
            "place" => {
                let (latitude, longitude) = head.split_once(' ')?;
                Self::Attached(Attached::Place {
                    latitude: latitude.parse().ok()?,
                    longitude: longitude.parse().ok()?,
                    label,
                })
            }
            "contact" => Self::Attached(Attached::Contact(label)),
            "other" => Self::Attached(Attached::Other(label)),
            "answers" => Self::Answers(head.parse::<usize>().ok()?.checked_sub(1)?),
            "edited" => Self::Edited(rest),
            "removed" => Self::Removed,
            "reaction" => Self::Reaction(head),
            "failed" => Self::Failed {
                code: head,
                words: label,
            },
            _ => return None,
        })
    }
}

impl Attached {
    /// As `AttachmentInput` has it. What the demo serves is named by a reference, since a `url` is https.
    pub(in crate::demo) fn input(&self) -> Value {
        match *self {
            Self::Place {
                latitude,
                longitude,
                label,
            } => json!({
                "kind": "LOCATION", "latitude": latitude, "longitude": longitude, "label": label,
            }),
            Self::Contact(label) => json!({ "kind": "CONTACT", "label": label }),
            Self::Other(label) => json!({ "kind": "OTHER", "label": label }),
            Self::File { name, label } => {
                let mut input = json!({ "kind": "FILE", "fileName": name, "label": label });
                if let Some(media) = media::find(name) {
                    input["kind"] = json!(media.kind());
                    input["mediaType"] = json!(media.media_type);
                    input["reference"] = json!(media.address());
                    input["size"] = json!(media.bytes.len());
                    input["durationSeconds"] = json!(media.seconds);
                }
                input
            }
        }
    }
}
