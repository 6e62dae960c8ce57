import stringWidth from 'string-width';

// Apart from the other texts, since its library takes as long to load as all of the report.

/** A text on exactly so many columns: blanks behind it, or its end cut off. */
export function fit(text: string, width: number): string {
  const short = cut(text, width);
  return `${short}${' '.repeat(width - stringWidth(short))}`;
}

/** A text on at most so many columns: its end is cut off where it is longer. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (stringWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
