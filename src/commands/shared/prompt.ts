import type * as Inquirer from '@inquirer/prompts';
import type { Host } from '../../host/host.ts';

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

/**
 * What is asked: a text as it is typed (nothing typed: the initial one), `yes` and `no`, or one of
 * several words.
 */
export type Prompt =
  | { kind: 'text'; message: string; initial?: string }
  | { kind: 'yes_or_no'; message: string }
  | { kind: 'choice'; message: string; options: readonly Option[] };

/** A word to choose, and what it means. */
interface Option {
  word: string;
  meaning: string;
}

/** The answer, which may be none of the words of a choice; `no`: the input has ended; `stopped`: a signal or Ctrl-C came instead. */
export type Reply = { kind: 'text'; text: string } | { kind: 'no' } | { kind: 'stopped' };

/**
 * Asks with a line of text and nothing else: the terminal itself shows what is typed, and Ctrl-C is a
 * signal.
 */
async function readPlainAnswer(prompt: Prompt, host: Host): Promise<Reply> {
  const initial = initialOf(prompt);
  const hint = prompt.kind === 'yes_or_no' ? 'y/N' : initial;
  for (const line of explained(prompt)) host.stderr.write(`${line}\n`);
  host.stderr.write(hint === '' ? `${prompt.message} ` : `${prompt.message} (${hint}) `);
  const line = await readLine(host);
  if (host.stop.aborted) return { kind: 'stopped' };
  if (line === null) return { kind: 'no' };
  if (prompt.kind === 'yes_or_no') return { kind: 'text', text: yesOrNo(line) };
  return { kind: 'text', text: line === '' ? initial : line };
}

function initialOf(prompt: Prompt): string {
  if (prompt.kind === 'text') return prompt.initial ?? '';
  return prompt.kind === 'choice' ? (prompt.options[0]?.word ?? '') : '';
}

function explained(prompt: Prompt): string[] {
  if (prompt.kind !== 'choice') return [];
  return prompt.options.map(({ word, meaning }) => `  ${word}: ${meaning}`);
}

/** The next line without its end; null: there is none, or a signal came. */
async function readLine({ stdin, stop }: Host): Promise<string | null> {
  const { stream } = stdin;
  const over = new AbortController();
  try {
    return await new Promise<string | null>((settle) => {
      const decoder = new TextDecoder();
      let typed = '';
      const take = (chunk: string | Uint8Array): void => {
        typed += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
        const end = typed.indexOf('\n');
        if (end !== -1) settle(typed.slice(0, end).replace(/\r$/, ''));
      };
      const none = (): void => settle(null);
      // Whoever was asked before has left it paused.
      stream.on('data', take).once('end', none).resume();
      stop.addEventListener('abort', none, { signal: over.signal });
      over.signal.addEventListener('abort', () => stream.off('data', take).off('end', none));
      if (stop.aborted) none();
    });
  } finally {
    over.abort();
    stream.pause();
  }
}

function yesOrNo(text: string): 'yes' | 'no' {
  return /^\s*y(?:es?)?\s*$/i.test(text) ? 'yes' : 'no';
}
