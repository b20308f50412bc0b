// One figure of the day: its value, what it is made of, and what it means.

import { useId, useState } from 'react';
import { inWords, nameOf } from '../figures';
import type { TodayFiguresFragment } from '../gql/graphql';
import { type FigureName, valueOf } from '../live/todayView';
import { useText } from '../text';
import { since, useNow } from '../time';

interface Props {
  name: FigureName;
  figures: TodayFiguresFragment;
  isDrawn: boolean;
  /** Whether the day is over. */
  isOver: boolean;
  /** Draws it over the day; null on a wall, where nobody clicks. */
  onDraw: (() => void) | null;
}

export function FigureTile({ name, figures, isDrawn, isOver, onDraw }: Props) {
  const speech = useText();
  const { t } = speech;
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const label = nameOf(name, isOver, t);
  const value = valueOf(figures, name);
  return (
    <li className="tile" data-figure={name} data-drawn={isDrawn}>
      <div className="tile-name">
        {onDraw ? (
          <button type="button" className="quiet" aria-pressed={isDrawn} title={t.today.draw(label)} onClick={onDraw}>
            {label}
          </button>
        ) : (
          <span>{label}</span>
        )}
        {onDraw && (
          <button
            type="button"
            className="quiet means"
            aria-label={t.today.whatIs(label)}
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setIsOpen(!isOpen)}
          >
            ?
          </button>
        )}
      </div>
      <p className="tile-value" data-none={value === null}>
        {inWords(name, value, speech)}
      </p>
      <p className="tile-more">
        <More name={name} figures={figures} />
      </p>
      {onDraw && (
        <p id={id} className="definition" data-open={isOpen}>
          {isOver && name === 'waiting' ? t.today.waitingThenIs : t.today.definitions[name]}
        </p>
      )}
    </li>
  );
}

function More({ name, figures: { visits, handleTime, sentiment } }: { name: FigureName; figures: TodayFiguresFragment }) {
  const speech = useText();
  const { t } = speech;
  const cases = visits.serviceLevel?.cases ?? 0;
  switch (name) {
    case 'waiting':
      return visits.longestWaitingSince && <Longest instant={visits.longestWaitingSince} />;
    case 'serviceLevel':
      return cases > 0 && t.today.inTime(visits.serviceLevel?.within ?? 0, cases);
    case 'abandoned':
      return cases > 0 && t.today.left(visits.abandoned, cases);
    case 'speed':
      return visits.speedOfAnswer.p90Seconds != null && t.today.nineInTen(inWords('speed', visits.speedOfAnswer.p90Seconds, speech));
    case 'handle':
      return handleTime.count > 0 && t.today.handled(handleTime.count);
    case 'sentiment':
      return sentiment.scored > 0 && t.today.unhappy(sentiment.atOrBelowThreshold, sentiment.scored);
  }
}

function Longest({ instant }: { instant: string }) {
  const { t } = useText();
  return t.today.longest(since(instant, useNow()));
}
