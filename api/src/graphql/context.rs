//! What resolvers get from the request: the application, the viewer, the loaders.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{Context, Error, ErrorExtensions, Result, ServerError};

use super::gate::internal_error;
use super::loaders::Loaders;
use super::scalars::{GivenCursor, open};
use domain::audience::Observer;
use domain::{Access, Agent, Code, Conversation, Role, Viewer};
use engine::app::App;
use engine::live::Audience;
use engine::log::NotOpened;
use engine::store::NotReached;

/// For whom an operation is executed, and what an execution for many found out about itself.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    /// For whom.
    pub audience: Audience,
    notes: Arc<Notes>,
}

/// What an execution for many finds out about itself.
#[derive(Debug, Default)]
struct Notes {
    personal: AtomicBool,
    read: AtomicBool,
    /// The texts of the cursors that it shows, where it is compared with another without them.
    cursors: Option<Mutex<Vec<String>>>,
}

impl Asking {
    /// For this audience; nobody has asked who it is.
    pub fn new(audience: Audience) -> Self {
        Self {
            audience,
            notes: Arc::default(),
        }
    }

    /// The same for an execution that is compared with others by all that it shows but for where it was seen.
    pub fn noting_cursors(audience: Audience) -> Self {
        let notes = Notes {
            cursors: Some(Mutex::default()),
            ..Notes::default()
        };
        Self {
            audience,
            notes: Arc::new(notes),
        }
    }

    /// A cursor is shown by this text.
    pub fn note_cursor(&self, text: &str) {
        if let Some(cursors) = &self.notes.cursors {
            let mut cursors = cursors.lock().unwrap_or_else(PoisonError::into_inner);
            cursors.push(text.to_owned());
        }
    }

    /// The texts of the cursors that were shown; none where they are not noted.
    pub fn noted_cursors(&self) -> Option<Vec<String>> {
        let cursors = self.notes.cursors.as_ref()?;
        Some(std::mem::take(
            &mut *cursors.lock().unwrap_or_else(PoisonError::into_inner),
        ))
    }

    /// Whether a resolver of an execution for many asked who asks.
    pub fn is_personal(&self) -> bool {
        self.notes.personal.load(Ordering::Relaxed)
    }

    /// Whether a resolver read the database.
    pub fn has_read(&self) -> bool {
        self.notes.read.load(Ordering::Relaxed)
    }

    /// A resolver reads the database.
    pub fn note_read(&self) {
        self.notes.read.store(true, Ordering::Relaxed);
    }
}

/// Short ways to what a request carries.
pub(super) trait Request<'a> {
    /// The application.
    fn app(&self) -> Result<&'a Arc<App>>;
    /// Who asks. Fails closed where the execution is for many: it is then done again for each.
    fn viewer(&self) -> Result<&'a Arc<Viewer>>;
    /// What whoever asks may see, whoever it is.
    fn access(&self) -> Result<&'a Access>;
    /// The own agent row of whoever asks.
    fn agent(&self) -> Result<Option<Arc<Agent>>>;
    /// Whoever asks, before this conversation: which of its facts are theirs to know.
    fn observer<'c>(&self, conversation: &'c Conversation) -> Result<Observer<'c>>;
    /// For what is read from the database without loaders: such an answer is not kept.
    fn note_read(&self) -> Result<()>;
    /// What batches reads of the database.
    fn loaders(&self) -> Result<&'a Loaders>;
    /// The access, which must come with one of these roles.
    fn one_of(&self, roles: &[Role]) -> Result<&'a Access>;
}

impl<'a> Request<'a> for Context<'a> {
    fn app(&self) -> Result<&'a Arc<App>> {
        self.data::<Arc<App>>()
    }

    fn viewer(&self) -> Result<&'a Arc<Viewer>> {
        let asking = self.data::<Asking>()?;
        match &asking.audience {
            Audience::One(viewer) => Ok(viewer),
            Audience::Everyone(_) => {
                asking.notes.personal.store(true, Ordering::Relaxed);
                Err(Error::new("An execution for many asked who asks."))
            }
        }
    }

    fn access(&self) -> Result<&'a Access> {
        Ok(self.data::<Asking>()?.audience.access())
    }

    fn agent(&self) -> Result<Option<Arc<Agent>>> {
        let audience = &self.data::<Asking>()?.audience;
        Ok(self.app()?.board.read(|board| audience.agent(&board.world)))
    }

    fn observer<'c>(&self, conversation: &'c Conversation) -> Result<Observer<'c>> {
        let own = self.agent()?;
        Ok(Observer::new(self.access()?, own.as_deref(), conversation))
    }

    fn note_read(&self) -> Result<()> {
        self.data::<Asking>()?.note_read();
        Ok(())
    }

    fn loaders(&self) -> Result<&'a Loaders> {
        self.data::<Loaders>()
    }

    fn one_of(&self, roles: &[Role]) -> Result<&'a Access> {
        let access = self.access()?;
        if roles.iter().any(|role| access.has_role(*role)) {
            return Ok(access);
        }
        let needed: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        Err(coded(
            Code::RoleRequired,
            &format!(
                "This needs a token with one of the roles {}.",
                needed.join(", ")
            ),
        ))
    }
}

/// Waits until the board is at this place of the log or beyond, for 2 seconds at most.
pub(super) async fn wait_for(ctx: &Context<'_>, least: Option<GivenCursor>) -> Result<()> {
    let Some(GivenCursor(given)) = least else {
        return Ok(());
    };
    // What the log has is on the board.
    let came = match open(ctx, given)? {
        Ok(cursor) => ctx.app()?.log.wait_for(cursor).await,
        Err(NotOpened) => Err(NotReached::OtherLog),
    };
    came.map_err(|why| match why {
        NotReached::OtherLog => coded(Code::CursorExpired, "The cursor is of another log."),
        NotReached::Ahead => coded(
            Code::CursorAhead,
            "This server has not come to the cursor's place yet. Ask again.",
        ),
    })
}

/// The viewer's own agent row.
pub(super) fn own_agent(app: &App, viewer: &Viewer) -> Option<Arc<Agent>> {
    app.board
        .read(|board| board.world.agent_of(viewer.subject()).cloned())
}

/// A top-level error with a code.
pub(super) fn coded(code: Code, message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code.as_str()))
}

/// A fault of ours, as an error of a field.
pub(super) fn internal(error: &dyn std::fmt::Display) -> Error {
    let ServerError {
        message,
        extensions,
        ..
    } = internal_error(error);
    Error {
        message,
        source: None,
        extensions,
    }
}
