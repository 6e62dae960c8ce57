import { Argument, type Command } from 'commander';
import type { App } from '../../app.ts';
import { type Offer, type Offers, offersFor } from './offers.ts';
import { FILES, SCRIPTS, SHELLS, type Shell } from './scripts.ts';

const HELP = `
To have it in every shell:
  bash  echo 'source <(gdpr completion bash)' >> ~/.bashrc
  zsh   echo 'source <(gdpr completion zsh)' >> ~/.zshrc   (below compinit)
  fish  gdpr completion fish > ~/.config/fish/completions/gdpr.fish`;

/** Declares `gdpr completion` and runs it; `done` gets the exit code. */
export function declareCompletion(command: Command, app: App, done: (code: number) => void): void {
  command
    .addArgument(new Argument('<shell>', 'whose script to print').choices(SHELLS))
    .argument('[word...]', 'what is typed so far, given by that script at every Tab')
    .addHelpText('after', HELP)
    .action(async (shell: Shell, words: string[]) => {
      const text =
        words.length === 0 ? SCRIPTS[shell] : await answer(shell, words, command.parent, app);
      app.host.stdout.write(text);
      done(0);
    });
}

async function answer(
  shell: Shell,
  words: readonly string[],
  program: Command | null,
  app: App,
): Promise<string> {
  if (program === null) return '';
  const typed = shell === 'bash' ? joined(words) : words;
  const offers = await offersFor(program, typed, (config) => app.profileNames(config));
  return queuesOf(offers, shell, typed.at(-1) ?? '');
}

/** Bash takes `--mode=soft` apart at the equals sign, and replaces only what stands after it. */
function joined(words: readonly string[]): string[] {
  const whole: string[] = [];
  for (const [index, word] of words.entries()) {
    const last = whole.at(-1);
    const isEquals = word === '=' && last?.startsWith('--') === true && !last.includes('=');
    const isValue = index > 0 && words[index - 1] === '=' && last?.endsWith('=') === true;
    if (last !== undefined && (isEquals || isValue)) whole[whole.length - 1] = `${last}${word}`;
    else whole.push(word);
  }
  return whole;
}

function queuesOf(offers: Offers, shell: Shell, current: string): string {
  if (offers === 'files') return `${FILES}\n`;
  const cut = current.startsWith('-') ? current.indexOf('=') + 1 : 0;
  return offers.map((offer) => `${WRITE[shell](offer, cut)}\n`).join('');
}

/** How a shell wants to be told; `cut` is how much of a word bash has set aside. */
const WRITE: Readonly<Record<Shell, (offer: Offer, cut: number) => string>> = {
  bash: ({ word }, cut) => word.slice(cut),
  zsh: ({ word, about }) => `${word.replaceAll(':', '\\:')}${about === '' ? '' : `:${about}`}`,
  fish: ({ word, about }) => `${word}\t${about}`,
};
