import { Chalk, type ChalkInstance } from 'chalk';
import { eastAsianWidth } from 'get-east-asian-width';
import type { Output } from '../host/host.ts';

/** Terminals are read at this width; what has no blank in it is not broken. */
const WIDTH = 80;

/** `start` and words on as many lines of 80 columns as they need; later ones begin at `column`. */
export function wrap(text: string, column = 0, start = ''): string[] {
  const lines: string[] = [];
  let line = start.padEnd(column);
  let isNew = true;
  for (const word of text.split(' ')) {
    const longer = isNew ? `${line}${word}` : `${line} ${word}`;
    if (longer.length > WIDTH && !isNew) {
      lines.push(line);
      line = `${' '.repeat(column)}${word}`;
    } else line = longer;
    isNew = false;
  }
  return [...lines, line];
}

/** Texts, each wrapped from `column` on, behind `start` on the first line of all. */
export function wrapAll(texts: readonly string[], column: number, start: string): string[] {
  return texts.flatMap((text, index) => wrap(text, column, index === 0 ? start : ''));
}

/** What somebody wrote, as it may be shown: whole, with everything invisible spelled out. */
export function freeText(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Surrogate}\p{Default_Ignorable_Code_Point}\u2028\u2029]|(?! )\p{Zs}/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** No colour at all: for paper and pipes. */
export const plainPaint: ChalkInstance = new Chalk({ level: 0 });

const basicPaint: ChalkInstance = new Chalk({ level: 1 });

/** Colour where a person reads it: `--no-color`, `NO_COLOR`, `TERM=dumb` and pipes get none. */
export function paintFor(
  output: Output,
  env: Readonly<Record<string, string | undefined>>,
  allowed: boolean,
): ChalkInstance {
  const set = (name: string): boolean => (env[name] ?? '') !== '';
  if (!allowed || set('NO_COLOR')) return plainPaint;
  if (set('FORCE_COLOR')) return env['FORCE_COLOR'] === '0' ? plainPaint : basicPaint;
  return output.isTTY && env['TERM'] !== 'dumb' ? basicPaint : plainPaint;
}

/** How many columns a text takes at most: not every terminal draws a mark on the letter before it. */
function columns(text: string): number {
  return Array.from(text).reduce(
    (sum, character) => sum + eastAsianWidth(character.codePointAt(0) ?? 0),
    0,
  );
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
