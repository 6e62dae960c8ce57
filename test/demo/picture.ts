import type { Cell } from '../docs/screen.ts';

/** What one command shows, as it stands on the screen. */
export interface Scene {
  command: string;
  rows: readonly (readonly Cell[])[];
}

const SIZE = 14;
const ADVANCE = 8.4;
const LEADING = 18;
const MARGIN = 22;
const BAR = 34;
const COLUMNS = 80;

const STYLE = `
svg { color-scheme: light dark; }
.paper { fill: #f6f8fa; stroke: #d0d7de; }
.dot { fill: #d0d7de; }
text { font: ${SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', 'DejaVu Sans Mono', monospace; fill: #1f2328; white-space: pre; }
.s1, .command { font-weight: 600; }
.s32 { fill: #1a7f37; }
.s33 { fill: #9a6700; }
.s31 { fill: #cf222e; }
.s90, .s2, .dim { fill: #656d76; }
@media (prefers-color-scheme: dark) {
  .paper { fill: #161b22; stroke: #30363d; }
  .dot { fill: #30363d; }
  text { fill: #e6edf3; }
  .s32 { fill: #3fb950; }
  .s33 { fill: #d29922; }
  .s31 { fill: #f85149; }
  .s90, .s2, .dim { fill: #8d96a0; }
}
`;

/** A terminal in which these commands were run, one below the other. No script, no font of its own. */
export function drawTerminal(scenes: readonly Scene[]): string {
  const lines = scenes.flatMap(({ command, rows }, at) => [
    ...(at === 0 ? [] : [[]]),
    [...cells('$ ', 'dim'), ...cells(command, 'command')],
    ...rows.map((row) => row.map(({ char, style }) => ({ char, style: classes(style) }))),
  ]);
  const width = Math.ceil(COLUMNS * ADVANCE) + 2 * MARGIN;
  const height = BAR + lines.length * LEADING + MARGIN;
  const title = scenes.map(({ command }) => command).join(', then ');
  const dots = [0, 1, 2].map(
    (dot) => `<circle class="dot" cx="${MARGIN + dot * 18}" cy="18" r="5"/>`,
  );
  const texts = lines.map((line, at) => drawLine(line, BAR + (at + 0.8) * LEADING));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    ...dots,
    ...texts.filter((text) => text !== ''),
    '</svg>',
    '',
  ].join('\n');
}

export function cells(text: string, style: string): Cell[] {
  return Array.from(text, (char) => ({ char, style }));
}

function classes(style: string): string {
  return style
    .split(' ')
    .map((code) => (/^\d/.test(code) ? `s${code}` : code))
    .join(' ');
}

interface Span {
  text: string;
  style: string;
  column: number;
}

function drawLine(line: readonly Cell[], y: number): string {
  const drawn = spansOf(line)
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, style, column }) => {
      const x = Number((MARGIN + column * ADVANCE).toFixed(1));
      const named = style === '' ? '' : ` class="${style}"`;
      return `<tspan x="${x}"${named}>${escaped(text.trimEnd())}</tspan>`;
    });
  return drawn.length === 0 ? '' : `<text y="${Number(y.toFixed(1))}">${drawn.join('')}</text>`;
}

/**
 * What is in one style and not apart by several blanks is drawn at its own column, and so is a sign that
 * another font may have to lend: columns stand, however wide the letters of a machine are.
 */
function spansOf(line: readonly Cell[]): Span[] {
  const spans: Span[] = [];
  for (const [column, { char, style }] of line.entries()) {
    const last = spans.at(-1);
    if (last?.style === style && isTogether(last.text, char)) last.text += char;
    else spans.push({ text: char, style, column });
  }
  return spans;
}

function isTogether(text: string, char: string): boolean {
  const isApart = text.endsWith('  ') && char !== ' ';
  return !isApart && /^[ -~]*$/.test(text) && /[ -~]/.test(char);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
