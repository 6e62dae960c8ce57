/** What `--help` says of a command besides its flags: examples that can be pasted, and how it ends. */
export interface HelpPage {
  examples: readonly (readonly [command: string, what: string])[];
  exits: readonly (readonly [code: number, what: string])[];
}

const NOTHING_SENT = [
  [2, 'a flag, an id or the file is not right; nothing was sent'],
  [4, 'configuration or credentials'],
] as const;
const LEFT = [
  [5, 'left open: a provider is unavailable'],
  [7, 'something is in doubt'],
  [8, 'left open otherwise: not finished'],
] as const;
const REFUSED = [6, 'refused by a guard; nothing was sent for those that it names'] as const;
const ENDED = [
  [0, 'everything is completed'],
  [1, 'nothing is completed or partial'],
  [3, 'some of it is completed or partial'],
] as const;

const WORK = [...ENDED, ...NOTHING_SENT, REFUSED, ...LEFT].toSorted(([a], [b]) => a - b);

/** By command, docs/spec.md 2 and 5; the program itself has no name. */
export const HELP: Readonly<Record<string, HelpPage>> = {
  '': {
    examples: [
      ['gdpr init', 'set up a profile'],
      ['gdpr export ada', 'send me my data'],
      ['gdpr erase ada --hard', 'delete me'],
      ['gdpr status', 'what is unsettled, and when it is due'],
      ['gdpr sandbox', 'both providers on this machine, to try it out'],
    ],
    exits: WORK,
  },
  export: {
    examples: [
      ['gdpr export ada --reference ZD-1042', 'everything about one person'],
      ['gdpr export ada --dry-run', 'what would be asked of whom'],
      ['gdpr export --csv people.csv --results results.csv', 'many, with a result for each'],
    ],
    exits: WORK,
  },
  erase: {
    examples: [
      ['gdpr erase ada --hard', 'for good, after a question'],
      ['gdpr erase ada --hard --export-first', 'with a copy before anything is deleted'],
      ['gdpr erase --csv leavers.csv --hard --dry-run', 'what a file would delete'],
      ['gdpr erase --csv leavers.csv --hard --yes --max-subjects 1250', 'from a script'],
    ],
    exits: WORK,
  },
  restore: {
    examples: [
      ['gdpr restore ada', 'bring back a soft-deleted account at Stream'],
      ['gdpr restore --csv people.csv --yes', 'many'],
    ],
    exits: WORK,
  },
  status: {
    examples: [
      ['gdpr status', 'what is unsettled, the most urgent first'],
      ['gdpr status ada', 'everything about one person'],
      ['gdpr status --all --json', 'for scripts'],
    ],
    exits: [
      [0, 'nothing is open, overdue or in doubt'],
      [1, 'no such request'],
      [3, 'something failed or partial is unsettled'],
      [7, 'something is in doubt'],
      [8, 'something is open'],
      [9, 'an unsettled request is overdue'],
    ],
  },
  resume: {
    examples: [
      ['gdpr resume', 'carry on with everything that is open'],
      ['gdpr resume --once', 'one pass, for cron'],
      ['gdpr resume --failed req_01K5Y0', 'repeat what failed for good'],
    ],
    exits: WORK,
  },
  cancel: {
    examples: [['gdpr cancel req_01K5Y0', 'withdraw what can still be withdrawn']],
    exits: [
      [0, 'everything is withdrawn'],
      [1, 'nothing is'],
      [3, 'some of it is'],
      ...NOTHING_SENT,
      [5, 'a provider is unavailable'],
      REFUSED,
      [7, 'something is in doubt'],
    ],
  },
  extend: {
    examples: [
      [
        'gdpr extend req_01K5Y0 --until 2027-02-21 --reason "many systems"',
        'once, as the law allows',
      ],
    ],
    exits: [[0, 'recorded'], [1, 'no such request'], [2, 'a flag is not right'], REFUSED],
  },
  close: {
    examples: [['gdpr close req_01K5Y0 --reason "answered by letter"', 'settle by hand']],
    exits: [[0, 'recorded'], [1, 'no such request'], [2, 'a flag is not right'], REFUSED],
  },
  sandbox: {
    examples: [
      ['gdpr sandbox', 'both providers on this machine; Ctrl-C ends it'],
      ['gdpr --profile sandbox export ada', 'in another terminal'],
    ],
    exits: [
      [0, 'it was ended'],
      [2, 'a flag is not right'],
    ],
  },
  init: {
    examples: [
      ['gdpr init', 'asks, checks and writes a profile'],
      [
        'gdpr init --no-input --profile live --stream-api-key abc --stream-secret-env SECRET',
        'from a script',
      ],
      ['gdpr init --trust', 'shows a file that came with this folder, and trusts it'],
    ],
    exits: [
      [0, 'written or trusted'],
      ...NOTHING_SENT,
      [5, 'a provider is unavailable; nothing was written'],
      [6, 'the profile is there already, or there was no yes; nothing was written'],
    ],
  },
  doctor: {
    examples: [
      ['gdpr doctor', 'is everything in order?'],
      ['gdpr doctor --quiet', 'only what is not'],
    ],
    exits: [
      [0, 'nothing is red'],
      [1, 'something is red, and it says what to do'],
      [4, "the project's file is not trusted"],
    ],
  },
  completion: {
    examples: [
      ['source <(gdpr completion bash)', 'in this bash; zsh likewise'],
      ['gdpr completion fish | source', 'in this fish'],
    ],
    exits: [
      [0, 'printed'],
      [2, 'no such shell'],
    ],
  },
};

const MARK = '    ';

/** The examples, as they stand below the sentence about a command. */
export function examplesText({ examples }: HelpPage): string {
  const lines = examples.map(([command, what]) => `  ${command}\n${MARK}${what}`);
  return `\n\nExamples:\n${lines.join('\n')}`;
}

/** The exit codes, as they stand at the end. */
export function exitsText({ exits }: HelpPage): string {
  const lines = exits.map(([code, what]) => `  ${String(code).padEnd(4)}${what}`);
  return `\nExit codes:\n${lines.join('\n')}\n  130 Ctrl-C (143 SIGTERM, 129 SIGHUP)`;
}
