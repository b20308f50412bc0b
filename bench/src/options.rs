//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Measures Regie on loopback, against the stock way and against the machine's limit.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
pub struct Options {
    /// Which bench.
    #[command(subcommand)]
    pub bench: Bench,
    /// Prints JSON (medians, ratios and every round) instead of a table.
    #[arg(long, global = true)]
    pub json: bool,
    /// How often everything is measured in turn.
    #[arg(long, global = true, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub rounds: u32,
    /// Makes the seeded databases again instead of using those of an earlier run.
    #[arg(long, global = true)]
    pub fresh: bool,
    /// Only these contenders; all when left out.
    #[arg(long, global = true, value_delimiter = ',')]
    pub only: Vec<String>,
    /// Runs this earlier build of the program in turn with this one, and compares what they measure.
    #[arg(long, global = true, value_name = "PROGRAM")]
    pub against: Option<PathBuf>,
}

impl Options {
    /// Whether this contender takes part.
    pub fn wants(&self, contender: &str) -> bool {
        let only = &self.only;
        only.is_empty() || only.iter().any(|name| contender.starts_with(name.as_str()))
    }
}

/// The benches.
#[derive(Debug, Subcommand)]
pub enum Bench {
    /// Sentiment changes to thousands of WebSocket subscribers.
    Fanout(FanoutSizes),
    /// The ongoing view, unchanged and while events arrive.
    View(ViewSizes),
    /// Assigning, and customer messages.
    Commands(CommandSizes),
    /// From the start of the process until it is ready.
    Start(StartSizes),
    /// Live lists, and asking every second instead.
    List(ListSizes),
    /// Connected agents, each with the subscriptions of a desk.
    Agents(AgentSizes),
    /// Pages of all conversations, closed ones included, by each filter.
    History(HistorySizes),
    /// The same to many conversations at once, and one by one.
    Bulk(BulkSizes),
    /// Figures of a day and of 400 days, and today's to supervisors who follow them.
    Insights(InsightSizes),
    /// Times between frames of the desk in a browser; needs Node, Chromium, and `npm ci` in tests/browser.
    Desk(DeskSizes),
    /// A server of a bench; started by the bench itself.
    #[command(hide = true)]
    Serve {
        /// What it plays, as JSON.
        role: String,
    },
}

impl Bench {
    /// Its name on the command line.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Fanout(_) => "fanout",
            Self::View(_) => "view",
            Self::Commands(_) => "commands",
            Self::Start(_) => "start",
            Self::List(_) => "list",
            Self::Agents(_) => "agents",
            Self::History(_) => "history",
            Self::Bulk(_) => "bulk",
            Self::Insights(_) => "insights",
            Self::Desk(_) => "desk",
            Self::Serve { .. } => "serve",
        }
    }
}

/// Sizes of `fanout`.
#[derive(Args, Debug)]
pub struct FanoutSizes {
    /// Subscribers.
    #[arg(long, value_delimiter = ',', default_value = "1000,5000")]
    pub clients: Vec<u32>,
    /// Deliveries of each flat-out run.
    #[arg(long, default_value_t = 200_000)]
    pub deliveries: u64,
    /// Deliveries a second of the paced run.
    #[arg(long, default_value_t = 20_000)]
    pub pace: u32,
    /// Seconds of the paced run.
    #[arg(long, default_value_t = 5)]
    pub seconds: u32,
}

/// Sizes of `desk`.
#[derive(Args, Debug)]
pub struct DeskSizes {
    /// Regie's program, with the desk in it; when left out, the one beside this program.
    #[arg(long)]
    pub binary: Option<PathBuf>,
    /// Ongoing conversations.
    #[arg(long, default_value_t = 5_000)]
    pub conversations: u32,
    /// Seconds of each case.
    #[arg(long, default_value_t = 10)]
    pub seconds: u32,
}

/// Sizes of `view`.
#[derive(Args, Debug)]
pub struct ViewSizes {
    /// Ongoing conversations.
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,100000")]
    pub conversations: Vec<u32>,
    /// Connections that ask at once.
    #[arg(long, default_value_t = 16)]
    pub clients: u32,
    /// Seconds of each run.
    #[arg(long, default_value_t = 3)]
    pub seconds: u32,
    /// Events a second while the board changes.
    #[arg(long, default_value_t = 200)]
    pub events: u32,
}

/// Sizes of `list`.
#[derive(Args, Debug)]
pub struct ListSizes {
    /// Ongoing conversations.
    #[arg(long, value_delimiter = ',', default_value = "1000,100000")]
    pub conversations: Vec<u32>,
    /// Desks, each with a list of its own; at most 200.
    #[arg(long, value_delimiter = ',', default_value = "1,20,200", value_parser = clap::value_parser!(u32).range(1..=200))]
    pub desks: Vec<u32>,
    /// The most of them that show all of the board, rather than a queue each.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=40))]
    pub of_the_board: u32,
    /// Seconds of each run.
    #[arg(long, default_value_t = 5)]
    pub seconds: u32,
    /// Events a second.
    #[arg(long, default_value_t = 200)]
    pub events: u32,
}

/// Sizes of `agents`.
#[derive(Args, Debug)]
pub struct AgentSizes {
    /// Agents who are connected.
    #[arg(long, value_delimiter = ',', default_value = "20,2000", value_parser = clap::value_parser!(u32).range(20..=5000))]
    pub connected: Vec<u32>,
    /// Commits a second.
    #[arg(long, default_value_t = 100)]
    pub commits: u32,
    /// Seconds of each run.
    #[arg(long, default_value_t = 10)]
    pub seconds: u32,
}

/// Sizes of `history`.
#[derive(Args, Debug)]
pub struct HistorySizes {
    /// Closed conversations.
    #[arg(long, default_value_t = 1_000_000)]
    pub closed: u32,
    /// Pages of each filter.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub pages: u32,
}

/// Sizes of `insights`.
#[derive(Args, Debug)]
pub struct InsightSizes {
    /// Answers of each kind.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub answers: u32,
    /// Supervisors who follow, with 20 scopes.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(20..=5000))]
    pub supervisors: u32,
    /// Agents of the larger organisation in which they are followed.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(500..=9_999))]
    pub agents: u32,
    /// Customers' messages a second meanwhile, each of which is two events; and agents' presences.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=5000))]
    pub rate: u32,
    /// For so many seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=120))]
    pub seconds: u32,
}

/// Sizes of `commands`.
#[derive(Args, Debug)]
pub struct CommandSizes {
    /// Clients at once.
    #[arg(long, value_delimiter = ',', default_value = "1,64")]
    pub clients: Vec<u32>,
    /// Seconds of each run.
    #[arg(long, default_value_t = 3)]
    pub seconds: u32,
    /// OPEN conversations to work on; a run ends early when each was assigned.
    #[arg(long, default_value_t = 20_000)]
    pub conversations: u32,
}

/// Sizes of `start`.
#[derive(Args, Debug)]
pub struct StartSizes {
    /// Ongoing conversations.
    #[arg(long, default_value_t = 100_000)]
    pub ongoing: u32,
    /// Closed ones.
    #[arg(long, default_value_t = 1_000_000)]
    pub closed: u32,
}

/// Sizes of `bulk`.
#[derive(Args, Debug)]
pub struct BulkSizes {
    /// Conversations of a bulk.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub items: u16,
    /// Bulks of each run, one after the other.
    #[arg(long, default_value_t = 12)]
    pub times: usize,
    /// Customers' messages with nothing beside, and as many beside bulks.
    #[arg(long, default_value_t = 2_000)]
    pub messages: usize,
    /// Messages a second.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub rate: u32,
    /// OPEN conversations to work on.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(2_000..=200_000))]
    pub conversations: u32,
}
