// Draws lines over the day. Loaded when a chart is first shown (ui/FigureChart.tsx), so that the first page is no larger for it.

import uPlot from 'uplot';
import type { Scale } from './figures';

export interface Plotted {
  /** When each part begins, in milliseconds since 1970. */
  starts: readonly number[];
  lines: readonly Line[];
}

export interface Line {
  name: string;
  /** Of a stylesheet's `--line-…`. */
  colour: string;
  /** Lengths of dashes and gaps; empty: unbroken. */
  dash: readonly number[];
  width: number;
  values: readonly (number | null)[];
}

export interface ChartOptions {
  zone: string;
  locale: string;
  scale: Scale;
  say: (value: number) => string;
  /** Which part is pointed at; null: none. */
  point: (part: number | null) => void;
}

export interface Chart {
  update: (plotted: Plotted) => void;
  end: () => void;
}

export function draw(host: HTMLElement, plotted: Plotted, { zone, locale, scale, say, point }: ChartOptions): Chart {
  const [text, edge] = [colourOf(host, '--muted'), colourOf(host, '--line')];
  const time = new Intl.DateTimeFormat(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  const { least, most, little, marks } = scale;
  const style = getComputedStyle(host);
  const size = Math.round(parseFloat(style.fontSize) * 0.8);
  const font = `${size}px ${style.fontFamily}`;
  const axis = { stroke: text, font, grid: { stroke: edge, width: 1 }, ticks: { stroke: edge, width: 1 } };
  let latest = plotted;
  const plot = new uPlot(
    {
      ...sizeOf(host),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
      scales: {
        x: { range: () => spanOf(latest) },
        y: { range: (_, __, highest) => [least, most ?? Math.max(highest ?? 0, little) * 1.05] },
      },
      axes: [
        { ...axis, size: size * 4, space: size * 4.5, values: (_, seconds) => seconds.map((at) => time.format(at * 1000)) },
        { ...axis, size: size * 4.8, ...(marks && { incrs: [...marks] }), values: (_, values) => values.map(say) },
      ],
      series: [
        {},
        ...plotted.lines.map(({ name, colour, dash, width }) => ({
          label: name,
          stroke: colourOf(host, colour),
          width,
          dash: [...dash],
          points: { show: true, size: 4 + width },
        })),
      ],
      hooks: { setCursor: [({ cursor }) => point(cursor.idx ?? null)] },
    },
    dataOf(plotted),
    host,
  );
  const resized = new ResizeObserver(() => plot.setSize(sizeOf(host)));
  resized.observe(host);
  return {
    update(next) {
      latest = next;
      plot.setData(dataOf(next));
    },
    end() {
      resized.disconnect();
      plot.destroy();
    },
  };
}

const sizeOf = ({ clientWidth, clientHeight }: HTMLElement) => ({ width: Math.max(clientWidth, 100), height: Math.max(clientHeight, 100) });

const dataOf = ({ starts, lines }: Plotted): uPlot.AlignedData => [
  starts.map((start) => start / 1000),
  ...lines.map(({ values }) => [...values]),
];

/** The whole day, whatever has begun of it. */
function spanOf({ starts }: Plotted): [number, number] {
  const [first = 0, second = first + 3_600_000] = starts;
  return [first / 1000, ((starts.at(-1) ?? first) + second - first) / 1000];
}

/** What a colour of the stylesheet is at the moment. */
function colourOf(host: HTMLElement, name: string): string {
  const probe = host.appendChild(document.createElement('i'));
  probe.style.color = `var(${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
