//! What messages say, as inputs: text and attachments.

use std::sync::Arc;

use async_graphql::{ID, InputObject, OneofObject};
use url::Url;

use super::input::{id, text};
use domain::fold::name;
use domain::message::{LONGEST_EXTERNAL_ID, LONGEST_TEXT, MOST_ATTACHMENTS};
use domain::{Attachment, AttachmentKind, Content, MessageName, Refusal};

/// The longest address of an attachment, in characters.
const LONGEST_ADDRESS: usize = 2_048;
/// The longest reference or media type, in characters.
const LONGEST_REFERENCE: usize = 500;
/// The longest file name or label, in characters; what is longer is cut.
const LONGEST_LABEL: usize = 200;

/// What a message has beside its text. Give of it what the channel says; Regie keeps it, and never fetches the address.
#[derive(InputObject)]
pub struct AttachmentInput {
    /// What it is; OTHER for what the channel carries and has no other kind here.
    kind: AttachmentKind,
    /// Its media type, such as `image/jpeg`; up to 500 characters.
    media_type: Option<String>,
    /// The name of the file. What is longer than 200 characters is cut.
    file_name: Option<String>,
    /// Its size in bytes, from 0.
    size: Option<f64>,
    /// Where it can be read: an https address of up to 2,048 characters.
    url: Option<String>,
    /// Your own name for it, up to 500 characters.
    reference: Option<String>,
    /// How long it plays, in seconds, from 0.
    duration_seconds: Option<f64>,
    /// Of a LOCATION: degrees north, from -90 to 90. Goes with `longitude`.
    latitude: Option<f64>,
    /// Of a LOCATION: degrees east, from -180 to 180. Goes with `latitude`.
    longitude: Option<f64>,
    /// What to show of it: the name of a place or a contact, the emoji of a sticker. What is longer than 200 characters is
    /// cut.
    label: Option<String>,
}

/// A message that is named: by its id, or by the id that the channel's provider gave it.
#[derive(OneofObject)]
pub enum MessageReference {
    /// Its id (`msg_…`).
    MessageId(ID),
    /// The id that the channel's provider gave it, of your source and the message's channel.
    ExternalId(String),
}

/// Parses what a message says: text, attachments, or both.
pub(super) fn content(
    given: Option<&String>,
    attachments: Option<&Vec<AttachmentInput>>,
) -> Result<Content, Refusal> {
    let attachments = self::attachments(attachments.map_or(&[][..], Vec::as_slice))?;
    // A caption that says nothing is none; a message of nothing is.
    let says_nothing = given.is_none_or(|given| domain::fold::is_blank(given));
    let text = match given {
        Some(given) if attachments.is_empty() || !says_nothing => {
            text("text", given, LONGEST_TEXT)?
        }
        None if attachments.is_empty() => {
            return Err(invalid("text", "give text, attachments or both".into()));
        }
        _ => Arc::from(""),
    };
    Ok(Content { text, attachments })
}

/// Parses what is attached.
pub(super) fn attachments(given: &[AttachmentInput]) -> Result<Vec<Attachment>, Refusal> {
    if given.len() > MOST_ATTACHMENTS {
        let problem = format!("give up to {MOST_ATTACHMENTS} attachments");
        return Err(invalid("attachments", problem));
    }
    given.iter().map(attachment).collect()
}

/// Parses a message that is named.
pub(super) fn message_name(
    path: &'static str,
    given: &MessageReference,
) -> Result<MessageName, Refusal> {
    Ok(match given {
        MessageReference::MessageId(given) => MessageName::Id(id(path, given)?),
        MessageReference::ExternalId(given) => MessageName::External(external_id(path, given)?),
    })
}

/// Parses a provider's id.
pub(super) fn external_id(path: &'static str, given: &str) -> Result<Arc<str>, Refusal> {
    text(path, given, LONGEST_EXTERNAL_ID)
}

fn attachment(given: &AttachmentInput) -> Result<Attachment, Refusal> {
    let of = |given: Option<&String>, longest| {
        given
            .map(|given| text("attachments", given, longest))
            .transpose()
    };
    let label = |given: Option<&String>| given.and_then(|given| name(given, LONGEST_LABEL));
    let number = |given: Option<f64>, from: f64, to: f64, what: &str| match given {
        Some(given) if !(from..=to).contains(&given) => {
            let problem = format!("{what} lies between {from} and {to}");
            Err(invalid("attachments", problem))
        }
        given => Ok(given),
    };
    let (latitude, longitude) = (given.latitude, given.longitude);
    if latitude.is_some() != longitude.is_some() {
        let problem = "give latitude and longitude, or neither".into();
        return Err(invalid("attachments", problem));
    }
    Ok(Attachment {
        kind: given.kind,
        media_type: of(given.media_type.as_ref(), LONGEST_REFERENCE)?,
        file_name: label(given.file_name.as_ref()),
        size: number(given.size, 0.0, LARGEST, "size")?.map(whole),
        address: given.url.as_deref().map(address).transpose()?,
        reference: of(given.reference.as_ref(), LONGEST_REFERENCE)?,
        duration_seconds: number(given.duration_seconds, 0.0, LONGEST, "durationSeconds")?,
        latitude: number(latitude, -90.0, 90.0, "latitude")?,
        longitude: number(longitude, -180.0, 180.0, "longitude")?,
        label: label(given.label.as_ref()),
    })
}

/// The largest size in bytes: up to here a float has every whole number.
const LARGEST: f64 = 9_007_199_254_740_991.0;
/// The longest that something plays, in seconds: a hundred days.
const LONGEST: f64 = 8_640_000.0;

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Within the bounds above.
fn whole(size: f64) -> u64 {
    size as u64
}

fn address(given: &str) -> Result<Arc<str>, Refusal> {
    let given = text("attachments", given, LONGEST_ADDRESS)?;
    let is_https = Url::parse(&given).is_ok_and(|url| url.scheme() == "https" && url.has_host());
    if !is_https {
        return Err(invalid("attachments", "url is no https address".into()));
    }
    Ok(given)
}

const fn invalid(path: &'static str, problem: String) -> Refusal {
    Refusal::InvalidInput { path, problem }
}
