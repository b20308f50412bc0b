//! Regie's side of `bulk`: the application, called as its resolvers call it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use domain::commands::bulk::Item;
use domain::commands::{Bulk, CustomerMessage, UpdateConversation};
use domain::{Act, Command, ConversationId, MessageId, Priority, Scope, State, Viewer};
use engine::app::{App, Terms};
use engine::store::Idempotency;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{Ran, Way};
use crate::pace::pace;
use crate::people::People;
use crate::project::open;
use crate::seed::{act, ongoing};
use crate::{Result, measure};

/// What customers say beside bulks.
const TEXT: &str = "Can somebody tell me where my order is?";

/// The same to so many conversations, so many times.
pub(super) async fn alone(url: &str, way: Way, items: usize, times: usize) -> Result<Ran> {
    let app = open(url).await?;
    let desk = Desk::of(&app)?;
    let all = desk.open.len();
    let pid = std::process::id();
    let cpu = measure::cpu_seconds(pid).ok_or("no CPU time")?;
    let mut seconds = Vec::new();
    for time in 0..times {
        let some = (0..items).map(|item| desk.open[(time * items + item) % all]);
        let some: Vec<_> = some.collect();
        let begin = Instant::now();
        match way {
            Way::Bulk => desk.bulk(&some, time).await?,
            Way::Clients(clients) => desk.each(&some, time, clients).await?,
        }
        seconds.push(begin.elapsed().as_secs_f64());
    }
    let cpu = measure::cpu_seconds(pid).ok_or("no CPU time")? - cpu;
    Ok(Ran::Alone { seconds, cpu })
}

/// Customers write, so many a second: first with nothing beside, then beside bulks.
pub(super) async fn beside(url: &str, items: usize, messages: usize, rate: u32) -> Result<Ran> {
    let app = open(url).await?;
    let desk = Arc::new(Desk::of(&app)?);
    // Who writes is in none of the bulks.
    let (writing, worked) = desk.open.split_at(desk.open.len() / 2);
    let (writing, worked): (Arc<[_]>, Vec<_>) = (writing.into(), worked.to_vec());
    let quiet = write(&app, &writing, messages, rate).await?;
    let ends = Arc::new(AtomicBool::new(false));
    let working = {
        let (desk, ends) = (desk.clone(), ends.clone());
        tokio::spawn(async move {
            let mut bulks = 0;
            while !ends.load(Ordering::Relaxed) {
                let from = (bulks * items) % (worked.len() - items);
                desk.bulk(&worked[from..from + items], bulks).await?;
                bulks += 1;
            }
            Result::Ok(bulks)
        })
    };
    let beside = write(&app, &writing, messages, rate).await?;
    ends.store(true, Ordering::Relaxed);
    let bulks = working.await??;
    Ok(Ran::Beside {
        quiet,
        beside,
        bulks,
    })
}

/// The microseconds that each of so many messages took.
async fn write(
    app: &Arc<App>,
    writing: &Arc<[ConversationId]>,
    messages: usize,
    rate: u32,
) -> Result<Vec<u32>> {
    let gateway = People::new()?.gateway()?;
    let took = Arc::new(Mutex::new(Vec::with_capacity(messages)));
    let next = AtomicUsize::new(0);
    let one = || {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let conversation = writing[number % writing.len()];
        let (app, gateway, took) = (app.clone(), gateway.clone(), took.clone());
        async move {
            let id = MessageId::new(chrono::Utc::now());
            let what = Act::CustomerMessage(CustomerMessage::of_text(id, TEXT));
            let begin = Instant::now();
            let given = app.carry_out(&gateway, act(conversation, what), Terms::default());
            given.await?;
            let micros = u32::try_from(begin.elapsed().as_micros()).unwrap_or(u32::MAX);
            let mut took = took.lock().unwrap_or_else(PoisonError::into_inner);
            took.push(micros);
            Ok(())
        }
    };
    pace(measure::count(messages), f64::from(rate), one).await?;
    let took = took.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(took.clone())
}

/// A supervisor, and what there is to work on.
struct Desk {
    app: Arc<App>,
    sam: Arc<Viewer>,
    open: Vec<ConversationId>,
}

impl Desk {
    fn of(app: &Arc<App>) -> Result<Self> {
        let people = People::new()?;
        let open = |state, _| state == State::Open;
        Ok(Self {
            app: app.clone(),
            sam: people.viewer(&people.supervisor("sam", Scope::All)?)?,
            open: app.board.read(|board| ongoing(&board.world, open)),
        })
    }

    /// Does it to all of these at once.
    async fn bulk(&self, these: &[ConversationId], time: usize) -> Result<()> {
        let item = |conversation: &ConversationId| Item {
            conversation: *conversation,
            act: prioritise(time),
        };
        let bulk = Bulk {
            items: these.iter().map(item).collect(),
        };
        let mut terms = keyed("bulkAction", format!("bulk {time}"));
        terms.bind(&Command::Bulk(bulk.clone()))?;
        let (_, done) = self.app.bulk(&self.sam, bulk, terms).await?;
        match done.into_iter().find_map(|one| one.came_of.err()) {
            Some(refused) => Err(format!("an item is refused: {refused:?}").into()),
            None => Ok(()),
        }
    }

    /// Does it to each of these, so many at a time.
    async fn each(&self, these: &[ConversationId], time: usize, clients: u32) -> Result<()> {
        let one = |(number, conversation): (usize, &ConversationId)| {
            let (app, sam) = (self.app.clone(), self.sam.clone());
            let command = act(*conversation, prioritise(time));
            async move {
                let mut terms = keyed("updateConversation", format!("{time} {number}"));
                terms.bind(&command)?;
                // On the runtime's threads, as requests of different clients are.
                let given = async move { app.carry_out(&sam, command, terms).await };
                tokio::spawn(given).await??;
                Result::Ok(())
            }
        };
        let all = stream::iter(these.iter().enumerate().map(one));
        let clients = usize::try_from(clients)?;
        all.buffer_unordered(clients).try_collect::<()>().await
    }
}

/// Another priority than the time before.
fn prioritise(time: usize) -> Act {
    let priorities = [Priority::High, Priority::Low];
    Act::UpdateConversation(UpdateConversation {
        priority: Some(priorities[time % priorities.len()]),
        ..UpdateConversation::default()
    })
}

fn keyed(mutation: &str, key: String) -> Terms {
    Terms {
        idempotency: Some(Idempotency {
            key,
            mutation: mutation.to_owned(),
            input: String::new(),
            refusals: false,
        }),
        ..Terms::default()
    }
}
