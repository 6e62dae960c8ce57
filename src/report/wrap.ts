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
