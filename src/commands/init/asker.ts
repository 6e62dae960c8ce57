import { GdprError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { type Prompt, type Reply, readAnswer, readHidden } from '../shared/prompt.ts';

/** Ctrl-C or a signal came at a question. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Why an answer cannot be taken, null if it can: a sentence without its subject. */
export type AnswerCheck = (text: string) => string | null | Promise<string | null>;

/**
 * Asks on stderr until the answer can be taken. Every method throws Interrupted for Ctrl-C, and
 * GdprError `guard` when the input has ended.
 */
export interface Asker {
  text(message: string, initial: string, check: AnswerCheck): Promise<string>;
  /** The same, not shown while it is typed. */
  hidden(message: string, check: AnswerCheck): Promise<string>;
  yes(message: string): Promise<boolean>;
  choice<Word extends string>(
    message: string,
    options: Readonly<Record<Word, string>>,
  ): Promise<Word>;
}

/** Somebody at the terminal of `host`. */
export function createAsker(host: Host): Asker {
  const until = async (read: () => Promise<Reply>, check: AnswerCheck): Promise<string> => {
    for (;;) {
      const text = answered(await read());
      const fault = await check(text);
      if (fault === null) return text;
      host.stderr.write(`  That ${fault}.\n`);
    }
  };
  const ask = (prompt: Prompt, check: AnswerCheck): Promise<string> =>
    until(() => readAnswer(prompt, host), check);
  return {
    text: (message, initial, check) =>
      ask({ kind: 'text', message, ...(initial === '' ? {} : { initial }) }, check),
    hidden: (message, check) => until(() => readHidden(message, host), check),
    yes: async (message) => (await ask({ kind: 'yes_or_no', message }, () => null)) === 'yes',
    async choice(message, meanings) {
      const words = Object.keys(meanings);
      const options = Object.entries<string>(meanings).map(([word, meaning]) => ({
        word,
        meaning,
      }));
      const isWord = (text: string): text is keyof typeof meanings => words.includes(text);
      for (;;) {
        const text = await ask({ kind: 'choice', message, options }, () => null);
        if (isWord(text)) return text;
        host.stderr.write(`  That is none of: ${words.join(', ')}.\n`);
      }
    },
  };
}

function answered(reply: Reply): string {
  if (reply.kind === 'text') return reply.text;
  if (reply.kind === 'stopped') throw new Interrupted('a question was not answered');
  throw new GdprError('guard', 'The input ended before everything was answered.', {
    next: 'Nothing was written. To do without questions: gdpr init --no-input, see gdpr init --help',
  });
}
