/** Letters that a terminal shows two columns wide (East Asian Width W and F, Unicode 16). */
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\uff01-\uff60\p{Emoji_Presentation}]/u;

/** How many columns a text takes that has nothing invisible in it. */
function columns(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);
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
