import type { App } from '../../app.ts';
import type {
  Draft,
  DraftFault,
  DraftField,
  SecretInput,
  StreamProduct,
} from '../../config/settings.ts';
import { GdprError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { PROVIDER } from '../../report/words.ts';
import { type Prompt, type Reply, isPlain, readAnswer, readHidden } from '../shared/prompt.ts';
import { type Ground, PRODUCTS, type SecretKind, names, typedSecret } from './flags.ts';

/** What questions are asked with. */
export interface Interview {
  asker: Asker;
  setup: Awaited<ReturnType<App['setup']>>;
  app: App;
  ground: Ground;
  /** Of the profile. */
  name: string;
}

/** A profile and its name. */
export interface Named {
  name: string;
  draft: Draft;
}

/** Asks for everything that the flags leave open. Throws as the asker does. */
export async function interview(
  given: string | null,
  flags: Draft,
  unnamed: Omit<Interview, 'name'>,
): Promise<Named> {
  const name = given ?? (await askName(unnamed));
  const talk = { ...unnamed, name };
  const wanted = await askProviders(flags, talk);
  const isElsewhere =
    wanted.some((each) => flags[`${each}.baseUrl`] === undefined) &&
    (await talk.asker.yes('Are the providers at other addresses than the usual ones?'));
  let draft = flags;
  for (const provider of wanted) {
    draft = await ASK[provider](draft, talk);
    if (isElsewhere) draft = await askBaseUrl(provider, draft, talk);
  }
  return { name, draft: await askDeadline(draft, talk) };
}

type Provider = 'stream' | 'sendbird';

async function askName({ asker, setup }: Omit<Interview, 'name'>): Promise<string> {
  const existing = setup.place.existing?.profiles ?? [];
  return asker.text('Name of the profile:', firstFree(existing), async (name) => {
    if (existing.includes(name)) return `is there already in ${setup.place.path}`;
    return faultOf('profile', await setup.faults(name, {}));
  });
}

function firstFree(existing: readonly string[]): string {
  return ['production', 'staging', 'test'].find((name) => !existing.includes(name)) ?? '';
}

async function askProviders(flags: Draft, { asker }: Interview): Promise<readonly Provider[]> {
  const said = (['stream', 'sendbird'] as const).filter((each) => names(flags, each));
  if (said.length === 2) return said;
  const which = await asker.choice('Which providers hold your data?', {
    both: 'Stream and Sendbird',
    stream: 'only Stream',
    sendbird: 'only Sendbird',
  });
  if (which === 'both') return ['stream', 'sendbird'];
  return [...new Set<Provider>([...said, which])];
}

const ASK: Readonly<Record<Provider, (draft: Draft, talk: Interview) => Promise<Draft>>> = {
  async stream(draft, talk) {
    const keyed = await askField(draft, 'stream.apiKey', talk, {
      message: "Stream's API key (dashboard, your app):",
      initial: talk.app.host.env['STREAM_API_KEY'] ?? '',
    });
    const secret = { what: "Stream's API secret", variable: 'STREAM_API_SECRET' };
    const apiSecret = draft['stream.apiSecret'] ?? (await askSecret(secret, talk));
    const products = draft['stream.products'] ?? (await askProducts(talk));
    return {
      ...keyed,
      'stream.apiSecret': apiSecret,
      ...(products === undefined ? {} : { 'stream.products': products }),
    };
  },
  async sendbird(draft, talk) {
    const named = await askField(draft, 'sendbird.applicationId', talk, {
      message: "Sendbird's application id (dashboard, Settings > Application):",
      initial: talk.app.host.env['SENDBIRD_APP_ID'] ?? '',
    });
    const token = { what: "Sendbird's API token", variable: 'SENDBIRD_API_TOKEN' };
    const apiToken = draft['sendbird.apiToken'] ?? (await askSecret(token, talk));
    return { ...named, 'sendbird.apiToken': apiToken };
  },
};

function askBaseUrl(provider: Provider, draft: Draft, talk: Interview): Promise<Draft> {
  return askField(draft, `${provider}.baseUrl`, talk, {
    message: `${PROVIDER[provider]}'s address (nothing: the usual one):`,
    initial: talk.app.host.env[`${provider.toUpperCase()}_BASE_URL`] ?? '',
    optional: true,
  });
}

async function askDeadline(draft: Draft, talk: Interview): Promise<Draft> {
  const placed = await askField(draft, 'deadline.country', talk, {
    message: 'Country whose holidays move deadlines, such as DE (nothing: only weekends):',
    optional: true,
  });
  const within =
    placed['deadline.country'] === undefined
      ? placed
      : await askField(placed, 'deadline.region', talk, {
          message: 'Region of it with holidays of its own, such as BE (nothing: none):',
          optional: true,
        });
  return askField(within, 'deadline.timeZone', talk, {
    message: 'Time zone in which days are counted:',
    initial: new Intl.DateTimeFormat().resolvedOptions().timeZone,
    optional: true,
  });
}

type TextField = Exclude<DraftField, 'stream.apiSecret' | 'sendbird.apiToken' | 'stream.products'>;

/** A draft with one value more, judged as it would be in the file; what a flag has said is not asked. */
async function askField(
  draft: Draft,
  field: TextField,
  { asker, setup, name }: Interview,
  {
    message,
    initial = '',
    optional = false,
  }: { message: string; initial?: string; optional?: boolean },
): Promise<Draft> {
  if (draft[field] !== undefined) return draft;
  const typed = await asker.text(message, initial, async (text) => {
    if (text === '' && optional) return null;
    return faultOf(field, await setup.faults(name, { ...draft, [field]: text }));
  });
  return typed === '' ? draft : { ...draft, [field]: typed };
}

function faultOf(field: DraftFault['field'], faults: readonly DraftFault[]): string | null {
  return faults.find((fault) => fault.field === field)?.message ?? null;
}

async function askProducts({ asker }: Interview): Promise<readonly StreamProduct[] | undefined> {
  const all = PRODUCTS.join(', ');
  const text = await asker.text("Stream's products that you use:", all, (typed) => {
    const other = wordsOf(typed).find((word) => !PRODUCTS.some((product) => product === word));
    if (wordsOf(typed).length === 0) return `names none of ${all}`;
    return other === undefined ? null : `is not a list of ${all}`;
  });
  const chosen = PRODUCTS.filter((product) => wordsOf(text).includes(product));
  return chosen.length === PRODUCTS.length ? undefined : chosen;
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

const PLACES = {
  env: 'in an environment variable',
  file: 'in a file of its own',
  command: 'a command prints it (a password manager)',
} as const;
const PLAIN = { plain: 'in the configuration file itself (not advised)' } as const;

const QUESTION: Readonly<Record<SecretKind, string>> = {
  env: 'Name of the variable:',
  file: 'Path of the file:',
  command: 'The command, with its arguments:',
};

/** Where a secret is; the secret itself only where somebody wants it in the file, and says so twice. */
async function askSecret(
  { what, variable }: { what: string; variable: string },
  talk: Interview,
): Promise<SecretInput> {
  const { asker, setup, app, ground } = talk;
  const message = `Where is ${what}?`;
  for (;;) {
    // A plain terminal would show what is typed.
    const isShown = isPlain(app.host) || setup.place.kind === 'project';
    const kind = isShown
      ? await asker.choice(message, PLACES)
      : await asker.choice(message, { ...PLACES, ...PLAIN });
    if (kind !== 'plain') return askPlace(kind, kind === 'env' ? variable : '', asker, ground);
    if (!(await asker.yes('Write the secret itself into the file, for whoever can read it?')))
      continue;
    const check: AnswerCheck = (text) =>
      setup.typed(text) === null ? 'is not printable characters without spaces' : null;
    const secret = setup.typed(await asker.hidden(`${what}:`, check));
    if (secret !== null) return secret;
  }
}

async function askPlace(
  kind: SecretKind,
  initial: string,
  asker: Asker,
  ground: Ground,
): Promise<SecretInput> {
  for (;;) {
    const text = await asker.text(QUESTION[kind], initial, (typed) => {
      const result = typedSecret(kind, typed, ground);
      return 'fault' in result ? result.fault : null;
    });
    const result = typedSecret(kind, text, ground);
    if ('secret' in result) return result.secret;
  }
}

/** Ctrl-C or a signal came at a question. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Why an answer cannot be taken, null if it can: a sentence without its subject. */
type AnswerCheck = (text: string) => string | null | Promise<string | null>;

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
