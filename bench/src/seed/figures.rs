//! A long history of visits in fifty queues, counted: what figures are read from.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use domain::commands::{self, Start};
use domain::{
    Act, AgentId, AgentKind, Channel, Command, Consent, ConversationId, CustomerId, Manage,
    Presence, QueueId, QueueKind, Viewer,
};
use engine::app::App;
use engine::clock::Clock;
use engine::store::{History, Import, Order, Retention, Store};
use sentiment::LinearScorer;

use super::history::{act, message};
use super::organisation::{Organisation, done, order};
use super::{kept, url};
use crate::Result;
use crate::people::People;

/// How many queues the figures are of.
pub const FIGURED: usize = 50;
/// How many days back the history goes.
pub const DAYS: i32 = 400;
/// Batches of a day of which little is told, and of the last one.
const FEW: i32 = 2;
const QUARTERS: i32 = 96;
/// How long counting may take.
const PATIENCE: Duration = Duration::from_mins(10);

/// The file, kept between runs.
pub async fn figures_file(fresh: bool) -> Result<PathBuf> {
    kept("figures", fresh, async |making| {
        let store = Store::open(&url(&making)).await?;
        let mut import = Import::begin(&store).await?;
        let writer = Writer::new(&mut import).await?;
        writer.write(&mut import).await?;
        drop(import);
        store.close().await;
        counted(&url(&making)).await
    })
    .await
}

/// Runs a server on the file until everything is counted.
pub(super) async fn counted(url: &str) -> Result<()> {
    let store = Store::open(url).await?;
    let scorer = Arc::new(LinearScorer::new());
    let retention = Retention {
        events: TimeDelta::days(2 * i64::from(DAYS)),
        ..Retention::default()
    };
    let app = App::start(store.clone(), Clock::system(), scorer, retention).await?;
    let begin = std::time::Instant::now();
    while begin.elapsed() < PATIENCE {
        let progress = store.insight_progress().await?;
        if progress.is_some_and(|known| known.position >= app.log.head().position) {
            app.stop().await;
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("the history was not counted".into())
}

struct Writer {
    gateway: Arc<Viewer>,
    organisation: Organisation,
    agents: Vec<Arc<Viewer>>,
}

impl Writer {
    /// The organisation, with so many queues more and an agent in each.
    async fn new(import: &mut Import) -> Result<Self> {
        let people = People::new()?;
        let founded = Utc::now() - TimeDelta::days(i64::from(DAYS) + 2);
        let first = Organisation::found(import, &people, 20, founded).await?;
        let administrator = people.administrator()?;
        let manage = |what| order(&administrator, Command::Manage(what));
        let mut orders = Vec::new();
        for number in first.queues.len()..FIGURED {
            let queue = QueueId::new(Utc::now());
            orders.push(manage(Manage::CreateQueue(commands::CreateQueue {
                id: queue,
                name: format!("Team {number:02}").into(),
                kind: QueueKind::Messaging,
                hours: None,
            })));
            let agent = people.agent(&format!("agent-{number:04}"))?;
            orders.push(manage(Manage::CreateAgent(commands::CreateAgent {
                id: AgentId::new(Utc::now()),
                subject: agent.subject().clone(),
                name: format!("Agent {number:04}").into(),
                kind: AgentKind::Human,
                capacity: 100_000,
                queues: BTreeSet::from([queue]),
            })));
            orders.push(order(&agent, Command::SetPresence(Presence::Available)));
        }
        done(import.take(&orders, founded, History::Forgotten).await?)?;
        let organisation = Organisation::of(import.world())?;
        let agents = organisation.agents.iter();
        Ok(Self {
            gateway: people.gateway()?,
            agents: agents
                .map(|(_, subject)| people.agent(subject))
                .collect::<Result<_>>()?,
            organisation,
        })
    }

    /// Days of which little is told, and one with a visit in each queue and quarter of an hour.
    async fn write(&self, import: &mut Import) -> Result<()> {
        let today = Utc::now().duration_trunc(TimeDelta::days(1))?;
        for back in (1..=DAYS).rev() {
            let midnight = today - TimeDelta::days(i64::from(back));
            let batches = if back == 1 { QUARTERS } else { FEW };
            let step = TimeDelta::days(1) / batches;
            for batch in 0..batches {
                let ids = self.visits(import, midnight + step * batch).await?;
                self.end(import, &ids, midnight + step * batch).await?;
            }
        }
        // Customers who may write while figures are followed.
        self.visits(import, Utc::now() - TimeDelta::hours(1))
            .await?;
        Ok(())
    }

    /// A visit in each queue, taken sooner or later.
    async fn visits(&self, import: &mut Import, at: DateTime<Utc>) -> Result<Vec<ConversationId>> {
        let ids: Vec<_> = (0..FIGURED)
            .map(|_| ConversationId::new(Utc::now()))
            .collect();
        let mut began = Vec::new();
        for (number, id) in ids.iter().enumerate() {
            began.push(self.start(*id, number));
            let asks = message("Where is my order?", 0.1)?;
            began.push(order(&self.gateway, act(*id, asks)));
        }
        done(import.take(&began, at, History::Kept).await?)?;
        for (late, seconds) in [(0, 20), (1, 50), (2, 200)] {
            let these = ids
                .iter()
                .enumerate()
                .filter(|(number, _)| number % 3 == late);
            let picks: Vec<Order> = these
                .map(|(number, id)| order(&self.agents[number], act(*id, Act::Pick)))
                .collect();
            let picked = at + TimeDelta::seconds(seconds);
            done(import.take(&picks, picked, History::Kept).await?)?;
        }
        Ok(ids)
    }

    /// Ends these after some minutes.
    async fn end(
        &self,
        import: &mut Import,
        ids: &[ConversationId],
        begun: DateTime<Utc>,
    ) -> Result<()> {
        let ends: Vec<Order> = ids
            .iter()
            .enumerate()
            .flat_map(|(number, id)| {
                let agent = &self.agents[number];
                [Act::End, Act::Close].map(|what| order(agent, act(*id, what)))
            })
            .collect();
        let ended = begun + TimeDelta::minutes(8);
        done(import.take(&ends, ended, History::Kept).await?)
    }

    fn start(&self, id: ConversationId, number: usize) -> Order {
        let start = Start {
            id,
            channel: Channel::WhatsApp,
            queue: self.organisation.queues[number],
            workstream: self.organisation.workstream,
            customer: CustomerId::new(Utc::now()),
            customer_key: None,
            key_scope: domain::KeyScope::Channel,
            customer_name: None,
            subject: None,
            previous: None,
            notice_given_at: None,
            consent: Consent::Unknown,
            tags: domain::Tags::default(),
            priority: domain::Priority::Normal,
            attributes: domain::labels::Attributes::new(),
        };
        order(&self.gateway, Command::Start(Box::new(start)))
    }
}
