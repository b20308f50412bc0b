// How the customer felt over their messages, as a line; in words for who does not see it.

import type { PanelFragment } from '../gql/graphql';
import { useText } from '../text';

const [WIDTH, HEIGHT, EDGE] = [320, 44, 4];

export function SentimentLine({ of }: { of: PanelFragment['sentimentHistory'] }) {
  const { t } = useText();
  const known = of.filter((point) => point.score != null);
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || known.length < 2) return null;
  const x = (at: number) => EDGE + (at / (known.length - 1)) * (WIDTH - 2 * EDGE);
  const y = (score: number) => EDGE + ((1 - score) / 2) * (HEIGHT - 2 * EDGE);
  const points = known.map(({ score }, at) => `${x(at).toFixed(1)},${y(score ?? 0).toFixed(1)}`);
  return (
    <figure className="sentiment-line">
      <figcaption>{t.panel.sentimentLine}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t.panel.sentimentOver(known.length, t.sentiment[first.level], t.sentiment[last.level])}>
        <line x1={0} x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} className="middle" />
        <polyline points={points.join(' ')} />
        {known.map(({ messageId, level, score }, at) => (
          <circle key={messageId} cx={x(at)} cy={y(score ?? 0)} r={3} data-level={level}>
            <title>{t.sentiment[level]}</title>
          </circle>
        ))}
      </svg>
    </figure>
  );
}
