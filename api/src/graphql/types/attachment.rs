//! What messages have beside their text.

use async_graphql::Object;

use domain::AttachmentKind;

/// What a message has beside its text.
pub struct Attachment(pub domain::Attachment);

/// What a message has beside its text: a picture, a voice note, a place. Readable with the transcript only, and erased with
/// it. Of each what the channel said; Regie keeps no bytes.
#[Object]
impl Attachment {
    /// What it is.
    async fn kind(&self) -> AttachmentKind {
        self.0.kind
    }

    /// Its media type, such as `image/jpeg`; null: not said.
    async fn media_type(&self) -> Option<&str> {
        self.0.media_type.as_deref()
    }

    /// The name of the file; null: not said.
    async fn file_name(&self) -> Option<&str> {
        self.0.file_name.as_deref()
    }

    /// Its size in bytes, from 0; null: not said.
    #[allow(clippy::cast_precision_loss)] // Within the whole numbers of a float: see its input.
    async fn size(&self) -> Option<f64> {
        self.0.size.map(|size| size as f64)
    }

    /// Where it can be read: an https address; null: not said. Opening it tells its host that somebody reads.
    async fn url(&self) -> Option<&str> {
        self.0.address.as_deref()
    }

    /// The gateway's own name for it; null: not said.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// How long it plays, in seconds; null: not said.
    async fn duration_seconds(&self) -> Option<f64> {
        self.0.duration_seconds
    }

    /// Of a LOCATION: degrees north, from -90 to 90; null: not said.
    async fn latitude(&self) -> Option<f64> {
        self.0.latitude
    }

    /// Of a LOCATION: degrees east, from -180 to 180; null: not said.
    async fn longitude(&self) -> Option<f64> {
        self.0.longitude
    }

    /// What to show of it: the name of a place or a contact, the emoji of a sticker; null: not said.
    async fn label(&self) -> Option<&str> {
        self.0.label.as_deref()
    }
}
