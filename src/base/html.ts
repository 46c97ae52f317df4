// HTML from templates in which every value is text unless it was made by a template itself: nothing from a file or a
// name can become markup.

/** Text that is markup already. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What a template takes: text and numbers are escaped, markup is kept, lists are joined. */
export type HtmlValue = string | number | Html | readonly Html[];

/** Markup from a template: html`<td>${name}</td>`. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.reduce((text, part, index) => text + toMarkup(values[index - 1]!) + part));
}

function toMarkup(value: HtmlValue): string {
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(({ markup }) => markup).join('');
  return escapeHtml(String(value));
}

/** The text with the five signs escaped that could end an element, an attribute or a reference. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}
