import { Argument, type Command } from 'commander';
import type { App } from '../../app.ts';
import { type Offer, type Offers, offersFor } from './offers.ts';

/** The shells that completion is made for. */
const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

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
  return linesOf(offers, shell, typed.at(-1) ?? '');
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

function linesOf(offers: Offers, shell: Shell, current: string): string {
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

/** What the program answers where the shell is to offer files. */
const FILES = ':files';

/**
 * What a shell runs once. Each asks the program itself at every Tab, so that a script that was saved
 * long ago offers what the program of today takes. Nothing that was typed is evaluated.
 */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# gdpr: completion for bash
_gdpr() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = '${FILES}' ]; then
      compopt -o default 2>/dev/null
    else
      COMPREPLY+=("$line")
    fi
  done < <(gdpr completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _gdpr gdpr
`,
  zsh: `#compdef gdpr
# gdpr: completion for zsh
_gdpr() {
  local -a offers
  offers=("\${(@f)$(gdpr completion zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  offers=(\${offers:#})
  if [[ "\${offers[1]}" == '${FILES}' ]]; then
    compset -P '--*='
    _files
  else
    _describe gdpr offers
  fi
}
if [[ "\${funcstack[1]}" == _gdpr ]]; then
  _gdpr "$@"
else
  compdef _gdpr gdpr
fi
`,
  fish: `# gdpr: completion for fish
function __gdpr_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l offers (gdpr completion fish -- $words[2..-1] "$current" 2>/dev/null)
  if test "$offers[1]" = '${FILES}'
    __fish_complete_path "$current"
  else
    printf '%s\\n' $offers
  end
end
complete -c gdpr -f -a '(__gdpr_complete)'
`,
};
