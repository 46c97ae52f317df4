// A Vega-Lite specification drawn as SVG without a browser.
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { estimateWidth, FONT_SIZE, HEIGHT, PLOT_COLORS, WIDTH } from './plot-style.js';

// Missing from Vega's types.
const { textMetrics } = vega as unknown as {
  textMetrics: { width: (item: { fontSize?: number; text?: string }, text?: string) => number };
};
textMetrics.width = (item, text) => estimateWidth(String(text ?? item.text ?? ''), item.fontSize ?? FONT_SIZE);

/** Below, room for the lower parts of the last line's letters. */
const PADDING = { left: 4, right: 4, top: 4, bottom: 8 };

const CONFIG = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  axis: {
    labelColor: PLOT_COLORS.ink,
    titleColor: PLOT_COLORS.ink,
    titleFontWeight: 'normal',
    titlePadding: 6,
    domainColor: PLOT_COLORS.ink,
    tickColor: PLOT_COLORS.ink,
    gridColor: PLOT_COLORS.faint,
    labelFontSize: FONT_SIZE,
    titleFontSize: FONT_SIZE,
    labelLimit: 0,
  },
  legend: {
    labelColor: PLOT_COLORS.ink,
    titleColor: PLOT_COLORS.ink,
    labelFontSize: FONT_SIZE,
    labelLimit: 0,
    orient: 'bottom',
    columns: 1,
    symbolStrokeWidth: 2,
    layout: { bottom: { anchor: 'end' } },
  },
  view: { stroke: null },
} as const;

// Remarks about a specification are for those who write it; what goes wrong in earnest is thrown.
class QuietLogger {
  // Vega reads the level by calling without, and sets it by calling with one.
  level(): this {
    return this;
  }

  error(...messages: readonly unknown[]): this {
    throw new Error(messages.join(' '));
  }

  warn(): this {
    return this;
  }

  info(): this {
    return this;
  }

  debug(): this {
    return this;
  }
}

/** The SVG of a specification, which has the common size and style where it does not say otherwise. */
export async function drawSpec(spec: object): Promise<string> {
  const complete = {
    width: WIDTH,
    height: HEIGHT,
    padding: PADDING,
    config: CONFIG,
    ...spec,
  } as unknown as TopLevelSpec;
  const { spec: lowered } = compile(complete, { logger: new QuietLogger() as never });
  const view = new vega.View(vega.parse(lowered), { renderer: 'none', logger: new QuietLogger() as never });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
