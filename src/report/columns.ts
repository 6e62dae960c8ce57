import stringWidth from 'string-width';

// Apart from the other texts, since its library takes as long to load as all of the report.

/** How many columns a text takes at most: not every terminal draws a mark on the letter before it. */
function columns(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + Math.max(1, stringWidth(character)), 0);
}

/** A text on exactly so many columns: blanks behind it, or its end cut off. */
export function fit(text: string, width: number): string {
  const short = cut(text, width);
  return `${short}${' '.repeat(width - columns(short))}`;
}

/** A text on at most so many columns: its end is cut off where it is longer. */
export function cut(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += columns(character);
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
