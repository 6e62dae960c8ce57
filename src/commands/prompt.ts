import type * as Inquirer from '@inquirer/prompts';
import type { Host } from '../host.ts';
import { type Prompt, type Reply, readPlainAnswer } from './plain-prompt.ts';

/** No colour and no decoration: the words must stand alone. */
const THEME = {
  prefix: '?',
  icon: { cursor: '>' },
  style: {
    message: (text: string) => text,
    answer: (text: string) => text,
    defaultAnswer: (text: string) => `(${text})`,
    highlight: (text: string) => text,
    maskedText: '(not shown)',
    keysHelpTip: (keys: readonly [key: string, action: string][]) =>
      keys.map(([key, action]) => `${key} ${action}`).join(', '),
  },
};

/** Asks on stderr; a terminal that knows no escape sequences (`TERM=dumb`) is sent none. */
export async function readAnswer(prompt: Prompt, host: Host): Promise<Reply> {
  if (isPlain(host)) return readPlainAnswer(prompt, host);
  return ask((prompts, context) => answerTo(prompt, prompts, context), host);
}

/** Whether the terminal knows no escape sequences, and shows whatever is typed. */
export function isPlain({ env }: Host): boolean {
  return env['TERM'] === 'dumb';
}

/** Asks for a text that is not shown while it is typed; not at a plain terminal. */
export function readHidden(message: string, host: Host): Promise<Reply> {
  return ask(({ password }, context) => password({ message, theme: THEME }, context), host);
}

type Prompts = typeof Inquirer;
type Context = NonNullable<Parameters<Prompts['input']>[1]>;

async function answerTo(
  prompt: Prompt,
  { input, confirm, select }: Prompts,
  context: Context,
): Promise<string> {
  const { message } = prompt;
  switch (prompt.kind) {
    case 'text':
      return input({ message, default: prompt.initial, theme: THEME }, context);
    case 'yes_or_no':
      return (await confirm({ message, default: false, theme: THEME }, context)) ? 'yes' : 'no';
    case 'choice': {
      const choices = prompt.options.map(({ word, meaning }) => ({ value: word, name: meaning }));
      return select({ message, choices, theme: THEME }, context);
    }
  }
}

async function ask(
  answer: (prompts: Prompts, context: Context) => Promise<string>,
  host: Host,
): Promise<Reply> {
  const prompts = await import('@inquirer/prompts');
  const over = new AbortController();
  const signal = AbortSignal.any([host.stop, over.signal]);
  const context = { input: host.stdin.stream, output: host.stderr.stream, signal };
  const unwatch = watchEnd(() => over.abort(), host);
  try {
    return { kind: 'text', text: await answer(prompts, context) };
  } catch (thrown) {
    const name = thrown instanceof Error ? thrown.name : '';
    if (name === 'ExitPromptError' || host.stop.aborted) return { kind: 'stopped' };
    if (name === 'AbortPromptError') return { kind: 'no' };
    throw thrown;
  } finally {
    unwatch();
    // Whoever came back from Ctrl-Z has a stream that nobody else pauses, and it would keep us alive.
    host.stdin.stream.pause();
  }
}

/**
 * The end of the input (Ctrl-D, a terminal that is gone) settles no prompt; it closes what reads the
 * keys, which stops listening for them. So does an answer, and that has settled it a turn later. When
 * the process goes on after Ctrl-Z, Node's readline pauses the stream and nobody else resumes it.
 */
function watchEnd(leave: () => void, { stdin, clock }: Host): () => void {
  const { stream } = stdin;
  let isOver = false;
  const goOn = async (): Promise<void> => {
    await clock.turn();
    if (!isOver) stream.resume();
  };
  const deaf = (event: string | symbol): void => {
    if (event === 'keypress') void clock.turn().then(leave);
  };
  const unlisten = stdin.onContinued(() => void goOn());
  stream.on('removeListener', deaf).once('end', leave);
  return () => {
    isOver = true;
    unlisten();
    stream.off('removeListener', deaf).off('end', leave);
  };
}
