// What scorers of strokes see in a picture, as panels: its skeleton, the ways in which it may have been drawn, and the strokes
// of another picture fitted to it.
import { type InkPicture, lineOfParse, type Panel, parsePicture, type StrokeScorer } from 'stroke-programs';

/** Parses that are shown of a picture. */
const SHOWN_PARSES = 5;

/**
 * The picture's skeleton and its five cheapest parses, the cheapest first; undefined for a picture without ink or with too
 * many lines to be a drawing.
 */
export function panelsOfPicture(name: string, picture: InkPicture): Panel[] | undefined {
  const parsed = parsePicture(picture, { parses: SHOWN_PARSES });
  return (
    parsed && [
      { title: `${name}: skeleton`, picture, skeleton: parsed.skeleton },
      ...parsed.parses.map((parse, index) => ({
        title:
          index === 0 ? `best parse, cost ${parse.cost.toFixed(2)}` : `${index + 1}, cost ${parse.cost.toFixed(2)}`,
        picture,
        strokes: lineOfParse(parse),
      })),
    ]
  );
}

/** The strokes of each of two pictures fitted to the other, with the score; undefined where one has no strokes. */
export function panelsOfPair(
  scorer: StrokeScorer,
  query: InkPicture,
  support: InkPicture,
  supportName: string,
): { readonly panels: Panel[]; readonly score: number } | undefined {
  const [ofQuery, ofSupport] = [scorer.prepare(query), scorer.prepare(support)];
  if (ofQuery === undefined || ofSupport === undefined) return undefined;
  const { score, forth, back } = scorer.compare(ofQuery, ofSupport);
  const best = <Fit extends { readonly logLikelihood: number; readonly logPrior: number }>(fits: readonly Fit[]) => {
    const values = fits.map(({ logLikelihood, logPrior }) => logLikelihood + logPrior);
    return values.indexOf(Math.max(...values));
  };
  const [there, here] = [best(forth), best(back)];
  return {
    score,
    panels: [
      { title: supportName, picture: support, strokes: lineOfParse(ofSupport.parses[Math.max(0, there)]!) },
      ...(there < 0 ? [] : [{ title: 'its strokes over the query', picture: query, strokes: forth[there]! }]),
      ...(here < 0 ? [] : [{ title: 'the query’s over it', picture: support, strokes: back[here]! }]),
    ],
  };
}
