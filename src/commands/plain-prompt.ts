import type { Host } from '../host.ts';

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
export async function readPlainAnswer(prompt: Prompt, host: Host): Promise<Reply> {
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
