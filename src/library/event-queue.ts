// Events that somebody reads one by one while they are made, or later, or never.

/** Pushed by one side, read by the other. Of events that replace each other only the last unread one is kept. */
export class EventQueue<Event> implements AsyncIterable<Event> {
  #events: Event[] = [];
  #wake: (() => void) | undefined;
  #end: { readonly error?: unknown } | undefined;
  readonly #replaces: (earlier: Event, later: Event) => boolean;

  constructor(replaces: (earlier: Event, later: Event) => boolean) {
    this.#replaces = replaces;
  }

  push(event: Event): void {
    this.#events = [...this.#events.filter((earlier) => !this.#replaces(earlier, event)), event];
    this.#wake?.();
  }

  /** No more will come; with an error, readers get that after the last event. */
  end(end: { readonly error?: unknown } = {}): void {
    this.#end = end;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void, undefined> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) yield event;
      else if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error;
        return;
      } else {
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
      }
    }
  }
}
