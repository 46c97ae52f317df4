// What is known, as cards: pictures, name, and the share that the last answer gave it.

/** One example of a class. */
export interface Example {
  readonly embedding: Float32Array;
  readonly canvas: HTMLCanvasElement;
}

/** A class. */
export interface Known {
  label: string;
  readonly examples: Example[];
  /** Group and name of the starter that it is; undefined for what was drawn or dropped here. */
  readonly starter?: string;
}

/** How a card is marked: the answer, or the nearest one of an answer without a name. */
export type Mark = 'best' | 'nearest' | undefined;

export interface CardActions {
  addExample(known: Known): void;
  forget(known: Known): void;
  rename(known: Known, label: string): void;
}

export interface Cards {
  /** Draws all cards anew. */
  show(all: readonly Known[]): void;
  /** Shares and marks of the last answer, in the order of the cards. */
  mark(marks: readonly { readonly share: number; readonly mark: Mark; readonly winner: Example | undefined }[]): void;
  /** Whether there is something that could become an example. */
  allowAdding(isAllowed: boolean): void;
}

export function createCards(list: HTMLElement, actions: CardActions): Cards {
  let cards: { readonly card: HTMLElement; readonly bar: HTMLElement; readonly share: HTMLElement }[] = [];
  let shown: readonly Known[] = [];
  let isAllowed = false;

  const makeCard = (known: Known) => {
    const examples = element('div', 'examples');
    examples.style.setProperty('--columns', String(Math.ceil(Math.sqrt(known.examples.length))));
    examples.append(...known.examples.map(({ canvas }) => canvas));
    const bar = element('i');
    const name = element('input');
    name.setAttribute('aria-label', 'name');
    const share = element('span', 'share');
    const add = makeButton('+', 'add', () => actions.addExample(known));
    add.disabled = !isAllowed;
    const forget = makeButton('×', 'forget', () => actions.forget(known));
    const tellName = () => {
      name.value = known.label;
      for (const [i, { canvas }] of known.examples.entries()) {
        canvas.setAttribute('role', 'img');
        canvas.setAttribute('aria-label', `example ${i + 1} of ${known.label}`);
      }
      tellPurpose(add, `add the drawing to the examples of ${known.label}`);
      tellPurpose(forget, `forget ${known.label}`);
    };
    tellName();
    name.addEventListener('change', () => {
      actions.rename(known, name.value.trim() || known.label);
      tellName();
    });
    const does = element('div', 'does');
    does.append(add, forget);
    const card = element('li', 'card');
    const track = element('div', 'bar');
    track.append(bar);
    card.append(examples, track, name, share, does);
    return { card, bar, share };
  };

  return {
    show(all) {
      shown = all;
      cards = all.map(makeCard);
      list.replaceChildren(...cards.map(({ card }) => card));
    },
    mark(marks) {
      for (const [i, { card, bar, share }] of cards.entries()) {
        const { share: value, mark, winner } = marks[i] ?? { share: 0, mark: undefined, winner: undefined };
        card.classList.toggle('best', mark === 'best');
        card.classList.toggle('nearest', mark === 'nearest');
        bar.style.width = `${100 * value}%`;
        share.textContent = value >= 0.01 ? `${Math.round(100 * value)} %` : '';
        const { examples } = shown[i]!;
        for (const example of examples)
          example.canvas.classList.toggle('won', examples.length > 1 && example === winner);
      }
    },
    allowAdding(allowed) {
      isAllowed = allowed;
      for (const add of list.querySelectorAll<HTMLButtonElement>('button.add')) add.disabled = !allowed;
    },
  };
}

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, className = ''): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  return made;
}

function makeButton(sign: string, className: string, act: () => void): HTMLButtonElement {
  const button = element('button', className);
  button.type = 'button';
  button.textContent = sign;
  button.addEventListener('click', act);
  return button;
}

function tellPurpose(button: HTMLButtonElement, words: string): void {
  button.title = words;
  button.setAttribute('aria-label', words);
}
