// Parallel coordinates (Inselberg 1985): an axis for each parameter, a line for each configuration, the best ones in colour.
import { drawSpec } from './draw-spec.js';
import { FONT_SIZE, PLOT_COLORS, shortenNames } from './plot-style.js';

export interface ParallelAxis {
  readonly title: string;
  /** The value of each line, numbers or texts; undefined where a line has none. */
  readonly values: readonly (number | string | undefined)[];
}

export interface ParallelPlot {
  readonly axes: readonly ParallelAxis[];
  /** Whether each line is among the best. */
  readonly best: readonly boolean[];
}

const AXIS_DISTANCE = 110;
const AXIS_HEIGHT = 220;
const MOST_TITLE_LETTERS = 20;
const MOST_TICKS = 6;
/** Numbers that span more than this factor stand on a logarithmic axis. */
const LOGARITHMIC_SPAN = 50;

interface Tick {
  readonly label: string;
  readonly position: number;
}

interface PlacedAxis {
  /** By line, 0 … 1 upwards; undefined where the line has no value. */
  readonly positions: readonly (number | undefined)[];
  readonly ticks: readonly Tick[];
}

/** The SVG of the lines. */
export function drawParallel({ axes, best }: ParallelPlot): Promise<string> {
  const titles = [
    ...shortenNames(
      axes.map(({ title }) => title),
      MOST_TITLE_LETTERS,
    ).values(),
  ];
  const placed = axes.map(({ values }) => placeAxis(values));
  const points = placed.flatMap(({ positions }, axis) =>
    positions.flatMap((position, line) =>
      position === undefined ? [] : [{ axis: titles[axis], line, position, isBest: best[line] }],
    ),
  );
  const ticks = placed.flatMap((axis, index) => axis.ticks.map((tick) => ({ axis: titles[index], ...tick })));
  const x = {
    field: 'axis',
    type: 'ordinal',
    sort: null,
    title: null,
    scale: { domain: titles, padding: 0.2 },
    axis: {
      labelAngle: titles.length > 3 ? -15 : 0,
      orient: 'top',
      labelPadding: 12,
      domain: false,
      ticks: false,
      grid: true,
      gridColor: PLOT_COLORS.faint,
    },
  };
  const y = { field: 'position', type: 'quantitative', axis: null, scale: { domain: [0, 1] } };
  const lines = (isBest: boolean) => ({
    transform: [{ filter: `datum.isBest === ${isBest}` }],
    mark: {
      type: 'line',
      color: isBest ? PLOT_COLORS['series-1'] : PLOT_COLORS['series-8'],
      opacity: isBest ? 0.95 : 0.35,
      strokeWidth: isBest ? 2 : 1,
    },
    encoding: { x, y, detail: { field: 'line', type: 'nominal' } },
  });
  const labels = (mark: object) => ({
    data: { values: ticks },
    mark: { type: 'text', align: 'left', dx: 4, fontSize: FONT_SIZE, ...mark },
    encoding: { x, y, text: { field: 'label' } },
  });
  return drawSpec({
    width: AXIS_DISTANCE * titles.length,
    height: AXIS_HEIGHT,
    data: { values: points },
    layer: [
      lines(false),
      lines(true),
      // The page's colour around the letters keeps them readable above lines.
      labels({ color: PLOT_COLORS.card, stroke: PLOT_COLORS.card, strokeWidth: 4, strokeJoin: 'round' }),
      labels({ color: PLOT_COLORS.ink }),
    ],
  });
}

function placeAxis(values: ParallelAxis['values']): PlacedAxis {
  const numbers = values.filter((value) => typeof value === 'number');
  const areNumbers = numbers.length === values.filter((value) => value !== undefined).length;
  return areNumbers ? placeNumbers(values as (number | undefined)[], numbers) : placeTexts(values.map(String));
}

function placeTexts(values: readonly string[]): PlacedAxis {
  const different = [...new Set(values)];
  const positionOf = (value: string) =>
    different.length === 1 ? 0.5 : different.indexOf(value) / (different.length - 1);
  const short = shortenNames(different, 14);
  return {
    positions: values.map(positionOf),
    ticks: different.map((value) => ({ label: short.get(value)!, position: positionOf(value) })),
  };
}

function placeNumbers(values: readonly (number | undefined)[], numbers: readonly number[]): PlacedAxis {
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  const scale = low > 0 && high / low > LOGARITHMIC_SPAN ? Math.log : (value: number) => value;
  const positionOf = (value: number) => (high === low ? 0.5 : (scale(value) - scale(low)) / (scale(high) - scale(low)));
  const different = [...new Set(numbers)].sort((a, b) => a - b);
  const shown = different.length <= MOST_TICKS ? different : [low, high];
  return {
    positions: values.map((value) => (value === undefined ? undefined : positionOf(value))),
    ticks: shown.map((value) => ({ label: String(Number(value.toPrecision(3))), position: positionOf(value) })),
  };
}
