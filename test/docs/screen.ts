/** A character as it stands on the screen, and the style it is in: `1`, `32` and the like, space between. */
export interface Cell {
  char: string;
  style: string;
}

const CONTROL = /\p{Cc}\[([?\d;]*)([A-Za-z])|[^]/gu;

/**
 * What a terminal shows of what was written to it: as much of one as spinners, prompts and colours
 * need. It has no last line, and no last column.
 */
export class Screen {
  readonly #rows: Cell[][] = [[]];
  #row = 0;
  #column = 0;
  #style = '';

  write(text: string): void {
    for (const [sequence, parameter = '', letter] of text.matchAll(CONTROL)) {
      if (letter !== undefined) this.#control(letter, parameter);
      else if (sequence === '\r') this.#column = 0;
      else if (sequence === '\n') this.#goTo(this.#row + 1, 0);
      else this.#put(sequence);
    }
  }

  rows(): readonly (readonly Cell[])[] {
    return this.#rows;
  }

  lines(): string[] {
    return this.#rows.map((row) =>
      row
        .map(({ char }) => char)
        .join('')
        .trimEnd(),
    );
  }

  #put(char: string): void {
    const row = (this.#rows[this.#row] ??= []);
    while (row.length < this.#column) row.push({ char: ' ', style: '' });
    row[this.#column] = { char, style: this.#style };
    this.#column += 1;
  }

  #goTo(row: number, column: number): void {
    this.#row = Math.max(0, row);
    this.#column = Math.max(0, column);
    while (this.#rows.length <= this.#row) this.#rows.push([]);
  }

  #control(letter: string, parameter: string): void {
    const count = Number(parameter) || 1;
    if (letter === 'A') this.#goTo(this.#row - count, this.#column);
    if (letter === 'B') this.#goTo(this.#row + count, this.#column);
    if (letter === 'C') this.#goTo(this.#row, this.#column + count);
    if (letter === 'D') this.#goTo(this.#row, this.#column - count);
    if (letter === 'G') this.#goTo(this.#row, count - 1);
    if (letter === 'K') this.#erase(parameter === '2' ? 0 : this.#column);
    if (letter === 'J') {
      this.#erase(this.#column);
      this.#rows.length = this.#row + 1;
    }
    if (letter === 'm') this.#style = styled(this.#style, parameter);
  }

  #erase(from: number): void {
    const row = this.#rows[this.#row];
    if (row !== undefined && row.length > from) row.length = from;
  }
}

/** The style after a sequence that switches some of it on or off. */
function styled(style: string, parameter: string): string {
  const on = new Set(style.split(' ').filter(Boolean));
  for (const code of parameter.split(';').map(Number)) {
    if (code === 0) on.clear();
    else if (code === 22) ['1', '2'].forEach((each) => on.delete(each));
    else if (code === 39)
      [...on].filter((each) => Number(each) >= 30).forEach((each) => on.delete(each));
    else if (code < 20 || code >= 30) on.add(String(code));
    else on.delete(String(code - 20));
  }
  return [...on].toSorted().join(' ');
}
