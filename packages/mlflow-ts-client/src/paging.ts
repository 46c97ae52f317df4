/*
 * Paged answers as one async sequence.
 */

/** One page and the token of the next, if there is one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageToken?: string;
}

/** The items of all pages, each page asked for only when it is needed. Ends after `limit` items. */
export async function* readPages<Item>(
  readPage: (pageToken: string | undefined) => Promise<Page<Item>>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Item, void, undefined> {
  let pageToken: string | undefined;
  let remaining = limit;
  while (remaining > 0) {
    const page = await readPage(pageToken);
    for (const item of page.items) {
      yield item;
      remaining -= 1;
      if (remaining <= 0) return;
    }
    if (page.nextPageToken === undefined || page.nextPageToken === pageToken) return;
    pageToken = page.nextPageToken;
  }
}

/** All items as an array. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
