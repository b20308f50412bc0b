//! What figures are asked for.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::str::FromStr;

use async_graphql::{Context, Error, ID, InputObject, Result};
use chrono::{DateTime, TimeDelta, Utc};

use crate::graphql::context::{Request, coded};
use domain::ids::InvalidId;
use domain::insights::{LIMITS, MINUTE, QUARTER, Zone, bucket_of, day_of, intervals, zone_of};
use domain::{
    Access, AgentId, AgentKind, Channel, Code, InsightGrouping, InsightInterval, QueueId, Role,
    Scope, World,
};
use engine::app::insights::InsightQuestion;
use engine::store::Range;

/// The longest range.
const LONGEST: TimeDelta = TimeDelta::days(400);
/// The most parts of a range.
const MOST_PARTS: usize = 1_000;
/// How far back what is live can go.
const LIVE_MINUTES: RangeInclusive<i32> = 5..=60;

/// From an instant to before another one.
#[derive(InputObject)]
pub struct InsightRange {
    /// Its begin, at a full quarter of an hour.
    pub from: DateTime<Utc>,
    /// Its end, at a full quarter of an hour; it may lie in the future. At most 400 days after `from`.
    pub to: DateTime<Utc>,
}

/// Which conversations are counted; every condition given must hold, and a list means any of it.
#[derive(InputObject, Default)]
pub struct InsightFilter {
    /// In one of these queues (`queue_…`); those that are not in your scope count as nothing.
    queue_ids: Option<Vec<ID>>,
    /// On one of these channels. Not with `agentIds`, and not by agent.
    channels: Option<Vec<Channel>>,
    /// Of one of these workstreams (`workstream_…`). Not with `agentIds`, and not by agent.
    workstream_ids: Option<Vec<ID>>,
    /// What one of these agents (`agent_…`) did. Visits that no agent ended, and conversations that no agent closed, are no agent's.
    agent_ids: Option<Vec<ID>>,
}

/// All that is asked.
pub(in crate::graphql) struct Asked {
    pub parts: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    pub group: InsightGrouping,
    pub filter: InsightFilter,
    pub service_level_seconds: Option<i32>,
}

fn invalid(problem: &str) -> async_graphql::Error {
    coded(Code::InvalidInput, problem)
}

/// The parts of a range.
pub(in crate::graphql) fn parts(
    range: &InsightRange,
    interval: InsightInterval,
    zone: &str,
) -> Result<Vec<(DateTime<Utc>, DateTime<Utc>)>> {
    let InsightRange { from, to } = *range;
    let full = |at: DateTime<Utc>| bucket_of(at, QUARTER) == at;
    if !full(from) || !full(to) {
        return Err(invalid("range: give full quarters of an hour."));
    }
    if from >= to || to - from > LONGEST {
        return Err(invalid(
            "range: give a begin before the end, and at most 400 days.",
        ));
    }
    cut(from, to, interval, self::zone(zone)?)
}

/// The parts of what is asked for as it is now: the running minute with so many before it, or the zone's day.
pub(in crate::graphql) fn live_parts(
    now: DateTime<Utc>,
    last_minutes: Option<i32>,
    interval: InsightInterval,
    zone: &str,
) -> Result<Vec<(DateTime<Utc>, DateTime<Utc>)>> {
    let zone = self::zone(zone)?;
    let (from, to) = match last_minutes {
        Some(minutes) if LIVE_MINUTES.contains(&minutes) => {
            let running = bucket_of(now, MINUTE);
            (running - MINUTE * minutes, running + MINUTE)
        }
        Some(_) => return Err(invalid("lastMinutes: give 5 to 60, or nothing for today.")),
        None => day_of(now, zone),
    };
    cut(from, to, interval, zone)
}

/// The time zone of this name.
pub(in crate::graphql) fn zone(name: &str) -> Result<Zone> {
    zone_of(name).ok_or_else(|| {
        invalid("timeZone: give the name of a time zone of the IANA database, such as Europe/Amsterdam.")
    })
}

/// What is answered where the setting `agentInsights` is off.
pub(in crate::graphql) fn disabled() -> Error {
    let problem = "The setting agentInsights is off: there are no figures by agent.";
    coded(Code::SettingDisabled, problem)
}

fn cut(
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    interval: InsightInterval,
    zone: Zone,
) -> Result<Vec<(DateTime<Utc>, DateTime<Utc>)>> {
    intervals(from, to, interval, zone, MOST_PARTS)
        .ok_or_else(|| invalid("interval: the range has more than 1,000 such parts."))
}

/// The question for what one agent did, in all queues, and for that agent's times.
pub(in crate::graphql) fn own_question(
    agent: AgentId,
    parts: Vec<(DateTime<Utc>, DateTime<Utc>)>,
) -> InsightQuestion {
    InsightQuestion {
        range: Range { parts },
        group: InsightGrouping::Agent,
        queues: None,
        channels: None,
        workstreams: None,
        agents: Some([agent].into()),
        service_level_seconds: None,
        timed: None,
    }
}

/// The question that is meant, within what the viewer may know.
pub(in crate::graphql) fn question(ctx: &Context<'_>, asked: Asked) -> Result<InsightQuestion> {
    let access = ctx.one_of(&[Role::Supervisor, Role::Administrator])?;
    let filter = asked.filter;
    let channels = filter.channels.map(|these| these.into_iter().collect());
    let workstreams = ids("workstreamIds", filter.workstream_ids)?;
    let queues = ids::<QueueId>("queueIds", filter.queue_ids)?;
    let mut question = InsightQuestion {
        range: Range { parts: asked.parts },
        group: asked.group,
        queues: in_scope(access, queues),
        channels,
        workstreams,
        agents: ids("agentIds", filter.agent_ids)?,
        service_level_seconds: asked.service_level_seconds.map(limit).transpose()?,
        timed: None,
    };
    if question.is_by_agent() {
        if question.channels.is_some() || question.workstreams.is_some() {
            return Err(invalid(
                "filter: figures of agents are not counted by channel and workstream.",
            ));
        }
        let by_workstream = matches!(
            question.group,
            InsightGrouping::Channel | InsightGrouping::Workstream
        );
        if by_workstream {
            return Err(invalid(
                "groupBy: figures of agents are not counted by channel and workstream.",
            ));
        }
        let board = &ctx.app()?.board;
        let (is_on, timed) = board.read(|board| {
            let world = &board.world;
            (world.settings.agent_insights, timed(access, world))
        });
        if !is_on {
            return Err(disabled());
        }
        question.timed = timed;
    }
    Ok(question)
}

/// The queues that count of those asked for: none is all there are.
fn in_scope(access: &Access, asked: Option<BTreeSet<QueueId>>) -> Option<BTreeSet<QueueId>> {
    let scope = access.queues();
    match (scope, asked) {
        (_, asked) if access.has_role(Role::Administrator) => asked,
        (Scope::All, asked) => asked,
        (Scope::Only(queues), None) => Some(queues.clone()),
        (Scope::Only(queues), Some(asked)) => Some(&asked & queues),
    }
}

/// The agents whose times whoever has this access may know: those of whom every queue is in scope; none: all.
fn timed(access: &Access, world: &World) -> Option<BTreeSet<AgentId>> {
    let Scope::Only(queues) = access.queues() else {
        return None;
    };
    if access.has_role(Role::Administrator) {
        return None;
    }
    let people = world
        .agents
        .values()
        .filter(|agent| agent.kind == AgentKind::Human);
    let whole = people.filter(|agent| !agent.queues.is_empty() && agent.queues.is_subset(queues));
    Some(whole.map(|agent| agent.id).collect())
}

fn limit(seconds: i32) -> Result<u32> {
    let limit = u32::try_from(seconds)
        .ok()
        .filter(|seconds| LIMITS.contains(seconds));
    limit.ok_or_else(|| {
        let limits: Vec<_> = LIMITS.iter().map(u32::to_string).collect();
        invalid(&format!(
            "serviceLevelSeconds: give one of {}.",
            limits.join(", ")
        ))
    })
}

fn ids<T: FromStr<Err = InvalidId> + Ord>(
    path: &str,
    given: Option<Vec<ID>>,
) -> Result<Option<BTreeSet<T>>> {
    let parse = |id: ID| {
        id.parse()
            .map_err(|error: InvalidId| invalid(&format!("{path}: {error}")))
    };
    given
        .map(|ids| ids.into_iter().map(parse).collect())
        .transpose()
}
