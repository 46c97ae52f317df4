import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { drawDots } from '../../../src/report/plots/draw-dots.js';
import { drawLines } from '../../../src/report/plots/draw-lines.js';
import { plotForPage } from '../../../src/report/plots/plot-for-page.js';
import { rasterizePlot } from '../../../src/report/plots/rasterize.js';

const line = { xTitle: 'epoch', yTitle: 'loss', percent: false, marks: false } as const;

describe('drawLines', () => {
  it('draws names as text', async () => {
    const svg = await drawLines({
      ...line,
      points: ['<script>', '한글 & "x"'].flatMap((series) => [
        { series, x: 1, y: 1 },
        { series, x: 2, y: 2 },
      ]),
    });
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;');
    expect(svg).toContain('한글 &amp;');
  });

  it('keeps long names apart that begin alike', async () => {
    const names = ['a', 'b'].map((end) => `${'x'.repeat(80)}${end}`);
    const svg = await drawLines({ ...line, points: names.map((series) => ({ series, x: 1, y: 1 })) });
    expect(svg.match(/>x{51}…\u200b?</g)).toHaveLength(2);
  });

  it('draws bands where points have intervals, and a logarithmic axis for positive values alone', async () => {
    const points = [1, 2, 3].map((x) => ({ series: 'a', x, y: 10 ** -x }));
    expect(await drawLines({ ...line, points, logarithmic: true })).not.toContain('mark-area');
    const banded = points.map((point) => ({ ...point, low: point.y / 2, high: 2 * point.y }));
    expect(await drawLines({ ...line, points: banded })).toContain('mark-area');
    const zero = [...points, { series: 'a', x: 4, y: 0 }];
    expect(await drawLines({ ...line, points: zero, logarithmic: true })).toContain('mark-line');
  });
});

describe('plotForPage', () => {
  it('gives the plot a text and the colours of the page, and lets it fill its place', async () => {
    const svg = await drawDots([{ label: 'a', kind: 'network', value: 0.5, low: 0.4, high: 0.6 }], {
      title: 'accuracy',
    });
    const part = plotForPage(svg, 'one "dot" <at> 50 %');
    expect(part).toMatch(/^<svg [^>]*role="img" aria-label="one &#34;dot&#34; &#60;at&#62; 50 %" viewBox="[\d. ]+">/);
    expect(part).toContain('var(--series-1)');
    expect(part).not.toContain('#0072b2');
  });
});

describe('rasterizePlot', () => {
  const draw = (content: string) => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30" viewBox="0 0 60 30">${content}</svg>`;
    return PNG.sync.read(rasterizePlot(svg));
  };
  const countInk = ({ data }: PNG) => data.filter((value, index) => index % 4 === 0 && value < 128).length;

  it('makes a picture of twice the size on white', () => {
    const empty = draw('');
    expect([empty.width, empty.height, ...empty.data.subarray(0, 4)]).toEqual([120, 60, 255, 255, 255, 255]);
  });

  it('draws letters with a font of its own', () => {
    const text = (family: string) => `<text x="5" y="20" font-size="11" font-family="${family}">accuracy</text>`;
    const letters = draw(text('system-ui, sans-serif'));
    expect(countInk(letters)).toBeGreaterThan(100);
    expect(letters.data.equals(draw(text('DejaVu Sans Condensed')).data)).toBe(true);
  });
});
