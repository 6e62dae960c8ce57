/**
 * RFC 8259 as a table: `TABLE[state << 8 | byte]` is the next state, or an action where the nesting
 * changes, a line ends or a string ends. A state names the innermost container, so brackets match by
 * construction. Bytes of 128 and more stand in strings only; that they are UTF-8 is checked elsewhere.
 */

export const ACTION = {
  openObject: 200,
  openArray: 201,
  close: 202,
  comma: 203,
  keyEnd: 204,
  textEnd: 205,
  lineEnd: 206,
  /** A line ends inside a container: fine in JSON, not in JSON lines. */
  innerLine: 207,
  /** The same behind a value, which may be a number that ends with it. */
  innerLineAfter: 208,
  fail: 209,
} as const;
export const FIRST_ACTION: number = ACTION.openObject;

/** The containers of a value, as they stand on the scanner's stack. */
export const CONTEXTS = ['top', 'object', 'array'] as const;
export const OBJECT = 1;
export const ARRAY = 2;

/** States below this one are inside a string; `key` is the first of them. */
export const STRINGS = 4;
const names = ['key', ...CONTEXTS.map((context) => `string:${context}`)];

const SPACE = ' \t\r';
const DIGITS = '0123456789';
const TEXT_FIRST = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** 1 for a byte that goes on inside a string without more ado. */
export const PLAIN: Uint8Array = new Uint8Array(256).fill(1);
PLAIN.fill(0, 0, TEXT_FIRST);
PLAIN[QUOTE] = 0;
PLAIN[BACKSLASH] = 0;

export const TABLE: Uint8Array = new Uint8Array(128 << 8).fill(ACTION.fail);

/** The number of a state; a name that is not known yet gets the next one. */
export function state(name: string): number {
  const known = names.indexOf(name);
  return known === -1 ? names.push(name) - 1 : known;
}

function on(from: string, bytes: string, target: number): void {
  for (const byte of bytes) TABLE[(state(from) << 8) | byte.charCodeAt(0)] = target;
}

function space(name: string): void {
  on(name, SPACE, state(name));
  on(name, '\n', ACTION.innerLine);
}

function text(name: string, end: number): void {
  for (let byte = 0; byte < 256; byte += 1) {
    if (PLAIN[byte] === 1) TABLE[(state(name) << 8) | byte] = state(name);
  }
  on(name, '"', end);
  on(name, '\\', state(`${name} escape`));
  on(`${name} escape`, '"\\/bfnrt', state(name));
  on(`${name} escape`, 'u', state(`${name} hex 1`));
  for (const digit of [1, 2, 3, 4]) {
    const next = digit === 4 ? name : `${name} hex ${digit + 1}`;
    on(`${name} hex ${digit}`, `${DIGITS}abcdefABCDEF`, state(next));
  }
}

function after(context: string): void {
  const name = `after:${context}`;
  on(name, SPACE, state(name));
  on(name, '\n', context === 'top' ? ACTION.lineEnd : ACTION.innerLineAfter);
  if (context === 'object') on(name, ',', state('next key'));
  if (context === 'object') on(name, '}', ACTION.close);
  if (context === 'array') on(name, ',', ACTION.comma);
  if (context === 'array') on(name, ']', ACTION.close);
}

/** What follows a number may end it: its row is the one of `after`, and more. */
function endable(name: string, context: string): void {
  const row = state(`after:${context}`) << 8;
  TABLE.copyWithin(state(name) << 8, row, row + 256);
}

function number(context: string): void {
  const part = (name: string): string => `${name}:${context}`;
  for (const name of ['zero', 'int', 'fraction', 'power']) endable(part(name), context);
  on(part('minus'), '0', state(part('zero')));
  on(part('minus'), DIGITS.slice(1), state(part('int')));
  on(part('int'), DIGITS, state(part('int')));
  on(part('point'), DIGITS, state(part('fraction')));
  on(part('fraction'), DIGITS, state(part('fraction')));
  for (const name of ['zero', 'int']) on(part(name), '.', state(part('point')));
  for (const name of ['zero', 'int', 'fraction']) on(part(name), 'eE', state(part('e')));
  on(part('e'), '+-', state(part('sign')));
  for (const name of ['e', 'sign', 'power']) on(part(name), DIGITS, state(part('power')));
}

function literal(word: string, context: string, from: string): void {
  let name = from;
  for (let length = 1; length <= word.length; length += 1) {
    const whole = length === word.length;
    const next = whole ? `after:${context}` : `${word.slice(0, length)}:${context}`;
    on(name, word.charAt(length - 1), state(next));
    name = next;
  }
}

function value(name: string, context: string): void {
  space(name);
  on(name, '"', state(`string:${context}`));
  on(name, '{', ACTION.openObject);
  on(name, '[', ACTION.openArray);
  on(name, '-', state(`minus:${context}`));
  on(name, '0', state(`zero:${context}`));
  on(name, DIGITS.slice(1), state(`int:${context}`));
  for (const word of ['true', 'false', 'null']) literal(word, context, name);
}

for (const context of CONTEXTS) {
  text(`string:${context}`, ACTION.textEnd);
  after(context);
  number(context);
  value(`value:${context}`, context);
}
on('value:top', '\n', state('value:top'));
value('first in array', 'array');
on('first in array', ']', ACTION.close);
for (const name of ['first in object', 'next key']) {
  space(name);
  on(name, '"', state('key'));
}
on('first in object', '}', ACTION.close);
text('key', ACTION.keyEnd);
space('colon');
on('colon', ':', state('value:object'));

/** The same without a stop where a string ends: for the depths that nobody wants words of. */
export const SILENT_TABLE: Uint8Array = TABLE.slice();
SILENT_TABLE[(state('key') << 8) | QUOTE] = state('colon');
for (const context of CONTEXTS) {
  SILENT_TABLE[(state(`string:${context}`) << 8) | QUOTE] = state(`after:${context}`);
}

/** Where a file may end: nothing is open, and a number at the top is whole. */
export const FINAL: ReadonlySet<number> = new Set(
  ['value', 'after', 'zero', 'int', 'fraction', 'power'].map((name) => state(`${name}:top`)),
);
