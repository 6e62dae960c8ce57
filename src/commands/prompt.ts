import type { Host } from '../host.ts';
import { type Prompt, type Reply, readPlainAnswer } from './plain-prompt.ts';

/** No colour and no decoration: the words must stand alone. */
const THEME = {
  prefix: '?',
  style: {
    message: (text: string) => text,
    answer: (text: string) => text,
    defaultAnswer: (text: string) => `(${text})`,
  },
};

/** Asks on stderr; a terminal that knows no escape sequences (`TERM=dumb`) is sent none. */
export async function readAnswer(prompt: Prompt, host: Host): Promise<Reply> {
  if (host.env['TERM'] === 'dumb') return readPlainAnswer(prompt, host);
  const { input, confirm } = await import('@inquirer/prompts');
  const over = new AbortController();
  const signal = AbortSignal.any([host.stop, over.signal]);
  const context = { input: host.stdin.stream, output: host.stderr.stream, signal };
  const unwatch = watchEnd(() => over.abort(), host);
  const { kind, message } = prompt;
  try {
    if (kind === 'text')
      return { kind: 'text', text: await input({ message, theme: THEME }, context) };
    const isYes = await confirm({ message, default: false, theme: THEME }, context);
    return { kind: 'text', text: isYes ? 'yes' : 'no' };
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
