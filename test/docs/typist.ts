const DOWN = '\u001b[B';

/** What somebody at a terminal can do. */
interface Hands {
  press: (keys: string) => void;
  /** Ctrl-C. */
  leave: () => void;
}

/**
 * Somebody who sees the screen and answers each question (`? Name of the profile: rehearsal`) once:
 * moves to it where there is a choice, and types it elsewhere. Leaves at a question of other words,
 * and what runs until Ctrl-C.
 */
export function createTypist(
  answers: readonly string[],
  { press, leave }: Hands,
): (lines: readonly string[]) => void {
  const left = answers.map(parseAnswer);
  let answered: string | null = null;
  let place = '';
  const isAnswered = (line: string): boolean => answered !== null && line.startsWith(answered);
  return (lines) => {
    if (lines.some((line) => line.endsWith('Ctrl-C ends it.'))) leave();
    const [line = '', ...below] = lines.slice(lines.findLastIndex(isQuestion));
    if (!isQuestion(line) || isAnswered(line)) return;
    const next = left[0];
    if (next === undefined || !line.startsWith(next.question)) return leave();
    const chosen = below.find((each) => each.startsWith('> '));
    if (place === `${next.question} ${chosen}`) return;
    place = `${next.question} ${chosen}`;
    const keys = keysFor(next.answer, line, chosen);
    if (keys !== DOWN) answered = left.shift()?.question ?? null;
    setImmediate(press, keys);
  };
}

function isQuestion(line: string): boolean {
  return line.startsWith('? ');
}

function parseAnswer(line: string): { question: string; answer: string } {
  const [, question = line, answer = ''] = /^(\? .*[:?])(?: (.*))?$/.exec(line) ?? [];
  return { question, answer };
}

function keysFor(answer: string, asked: string, chosen: string | undefined): string {
  if (chosen !== undefined) return chosen === `> ${answer}` ? '\r' : DOWN;
  return asked.endsWith('(y/N)') ? `${answer.slice(0, 1)}\r` : `${answer}\r`;
}
