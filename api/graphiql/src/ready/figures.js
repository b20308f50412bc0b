// A supervisor's figures: how the day goes, where it broke, and who handled what.

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** The day so many days ago, from midnight to midnight where the page is; full quarters of an hour in any zone. */
const day = (ago) => {
  const begin = new Date();
  begin.setHours(0, 0, 0, 0);
  begin.setDate(begin.getDate() - ago);
  const end = new Date(begin);
  end.setDate(end.getDate() + 1);
  return { from: begin.toISOString(), to: end.toISOString() };
};

const ofDay = (ago, comment) => ({
  fill: () => ({ comment, values: { range: day(ago), zone: zone() } }),
});

export const figures = [
  {
    name: 'Today',
    query: `# Today's figures by queue, kept right: the newest, at most
# once a second, and only where they differ.
subscription Today($zone: String!) {
  insightsLive(timeZone: $zone, groupBy: QUEUE) {
    completeSince
    rows {
      queue { name }
      figures {
        visits {
          begun
          waiting
          longestWaitingSince
          accepted
          abandoned
          abandonRate
          serviceLevel { within cases share }
          speedOfAnswer { meanSeconds p90Seconds }
        }
        handleTime { count meanSeconds }
      }
    }
    totals {
      figures {
        visits { begun waiting serviceLevel { within cases share } }
        ongoing
        closed
      }
    }
  }
}
`,
    fill: () => ({ comment: 'Where today begins at midnight.', values: { zone: zone() } }),
  },
  {
    name: 'WhereItBroke',
    query: `# The service level of a day, of each queue, and by the hour
# beside what came in: where it fell, and why. A series has
# a value for each of partStarts (the first is the hour after
# midnight in the time zone); null where nobody waited.
query WhereItBroke($range: InsightRange!, $zone: String!) {
  insights(
    range: $range
    interval: HOUR
    timeZone: $zone
    groupBy: QUEUE
  ) {
    partStarts
    rows {
      queue { name }
      figures { visits { serviceLevel { within cases share } } }
      serviceLevel: series(figure: SERVICE_LEVEL)
      begun: series(figure: VISITS_BEGUN)
      accepted: series(figure: ACCEPTED)
      abandoned: series(figure: ABANDONED)
      speedOfAnswer: series(figure: MEAN_SPEED_OF_ANSWER)
    }
    totals {
      figures { visits { serviceLevel { within cases share } } }
      serviceLevel: series(figure: SERVICE_LEVEL)
    }
  }
}
`,
    ...ofDay(1, 'Yesterday. For another day change both instants.'),
  },
  {
    name: 'WhoHandledWhat',
    query: `# What each agent did, in your queues. Times are shown where
# every queue of the agent is yours.
query WhoHandledWhat($range: InsightRange!, $zone: String!) {
  insights(range: $range, timeZone: $zone, groupBy: AGENT) {
    rows {
      agent { name presence }
      figures {
        visits { accepted }
        handleTime { count meanSeconds }
        wrapUpTime { count meanSeconds }
        offers { made accepted rejected timedOut }
        transfersIn
        transfersOut
        sentiment { improved worsened }
        ratings { count mean }
        times { occupancy concurrency }
      }
    }
  }
}
`,
    ...ofDay(1, 'Yesterday. For another day change both instants.'),
  },
];

/** An agent's own. */
export const ownFigures = {
  name: 'MyFigures',
  query: `# What you did, and your times. Nobody else is shown them
# here.
query MyFigures($range: InsightRange!, $zone: String!) {
  viewer {
    agent {
      insights(range: $range, timeZone: $zone) {
        rows {
          figures {
            visits { accepted }
            handleTime { count meanSeconds }
            ratings { count mean }
            times { occupancy presences { presence seconds } }
          }
        }
      }
    }
  }
}
`,
  ...ofDay(0, 'Today.'),
};
