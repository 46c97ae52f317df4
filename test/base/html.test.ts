import { describe, expect, it } from 'vitest';
import { Html, html } from '../../src/base/html.js';

describe('html', () => {
  it('takes values for text, in elements and in attributes', () => {
    const name = `<b>"O'Neill" & co</b>`;
    expect(html`<td title="${name}">${name}</td>`.markup).toBe(
      '<td title="&#60;b&#62;&#34;O&#39;Neill&#34; &#38; co&#60;/b&#62;">&#60;b&#62;&#34;O&#39;Neill&#34; &#38; co&#60;/b&#62;</td>',
    );
    expect(html`${0}`.markup).toBe('0');
  });

  it('keeps what templates made, one or many, and nothing between them', () => {
    const items = ['a', '<'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${items}</ul>${new Html('<hr>')}`.markup).toBe('<ul><li>a</li><li>&#60;</li></ul><hr>');
    expect(html`${[]}`.markup).toBe('');
  });
});
