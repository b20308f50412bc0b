//! Agents past their grace: looked for here, brought to the writer as orders, and judged again where it writes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{MissedTickBehavior, interval};

use super::connections::{Connections, EVERY};
use super::order::{Order, OrderError};
use super::{Outage, Store, Writer};
use domain::{Asker, Command};

/// How long this server's lease must have been in force before it acts: after the machine slept,
/// the other servers get this long to say that they are there.
const HELD_FOR: Duration = Duration::from_millis(500);
/// How many agents are brought at once.
const AT_ONCE: u64 = 256;

/// Brings agents who are past their grace to the writer, until the writer stops.
pub async fn run(connections: Arc<Connections>, store: Store, writer: Writer) {
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut outage = Outage::of("act on disconnected agents");
    loop {
        tick.tick().await;
        if !connections.may_act_on_others(HELD_FOR) {
            continue;
        }
        let brought = bring(&connections, &store, &writer).await;
        if let Err(OrderError::Gone(_)) = brought {
            return;
        }
        outage.hears(&brought);
    }
}

async fn bring(
    connections: &Connections,
    store: &Store,
    writer: &Writer,
) -> Result<(), OrderError> {
    let away = connections
        .list_away(store, AT_ONCE)
        .await
        .map_err(Arc::new)?;
    let orders = away.into_iter().map(|agent| {
        writer.give(Order {
            asker: Asker::System,
            command: Command::AgentDisconnected(agent),
            expected_version: None,
            reason: None,
            idempotency: None,
        })
    });
    for answer in join_all(orders).await {
        match answer {
            Ok(_) | Err(OrderError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
