import * as z from 'zod';
import {
  BASE_URL_RULE,
  PROJECT_BASE_URL_RULE,
  SENDBIRD_APP_ID,
  originOf,
  sendbirdBaseUrlIsAllowed,
  streamBaseUrlIsAllowed,
} from './base-url.ts';
import { isTimeZone } from './holidays.ts';
import { didYouMean } from './near-miss.ts';
import { PROFILE_NAME, PROFILE_NAME_RULE, isBuiltIn } from './profile.ts';
import { SECRET_RULE, type SecretSpec, secretSpec } from './secrets.ts';

/** What is known of a file before its content is judged. */
export interface FileFacts {
  /** Found by walking up, so that whoever made the folder wrote it. */
  project: boolean;
  /** Others than its owner can read it. */
  readable: boolean;
}

const printable = z.string().regex(/^[\x21-\x7e]{1,255}$/, {
  error: 'must be printable characters without spaces',
});

const baseUrl = z.string().transform((text, context) => {
  const origin = originOf(text);
  if (origin !== null) return origin;
  context.addIssue({ code: 'custom', message: BASE_URL_RULE });
  return z.NEVER;
});

const deadline = z
  .strictObject({
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, { error: 'must be a country code of ISO 3166-1, such as DE' })
      .optional(),
    region: z
      .string()
      .regex(/^[A-Z0-9]{1,3}$/, {
        error: 'must be a region code of ISO 3166-2 without its country, such as BE',
      })
      .optional(),
    timeZone: z
      .string()
      .refine(isTimeZone, {
        error: 'must be a time zone of the IANA database, such as Europe/Berlin',
      })
      .optional(),
  })
  .refine((rules) => rules.region === undefined || rules.country !== undefined, {
    path: ['region'],
    error: 'needs deadline.country',
    when: isMapping,
  });

/** Checks run also beside other faults, so that all are reported at once. */
function isMapping({ value }: { value: unknown }): boolean {
  return typeof value === 'object' && value !== null;
}

/** Anything, so that the words for what is wrong are ours; editors are told the forms. */
const secretInput = z.unknown().meta({
  description: 'Where the secret is. A plain string is possible, in a file of mode 0600.',
  anyOf: [
    only('env', { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }, 'Environment variable'),
    only('file', { type: 'string', minLength: 1 }, 'Path; a relative one starts here'),
    only(
      'command',
      { type: 'array', items: { type: 'string' }, minItems: 1 },
      'Program and arguments, run without a shell; it prints the secret',
    ),
    { type: 'string', minLength: 1 },
  ],
});

/** The JSON schema of a mapping with this key and no other. */
function only(key: string, shape: object, description: string) {
  const properties = { [key]: { ...shape, description } };
  return { type: 'object', properties, required: [key], additionalProperties: false };
}

function secret(facts: FileFacts): z.ZodType<SecretSpec> {
  return secretInput.transform((input, context) => {
    const spec = input === undefined ? null : secretSpec(input);
    if (spec === null) {
      context.addIssue({
        code: 'custom',
        message: input === undefined ? 'is missing' : SECRET_RULE,
      });
      return z.NEVER;
    }
    if (spec.kind === 'plain' && facts.readable) {
      context.addIssue({
        code: 'custom',
        message: 'is a plain secret in a file that other users can read: chmod 600 the file',
      });
    }
    return spec;
  });
}

function profileSchema(facts: FileFacts) {
  const allowed = { path: ['baseUrl'], error: PROJECT_BASE_URL_RULE, when: isMapping };
  return z.strictObject({
    stream: z
      .strictObject({
        apiKey: printable,
        apiSecret: secret(facts),
        baseUrl: baseUrl.optional(),
        products: z
          .array(z.enum(['feeds', 'chat', 'video']))
          .min(1, { error: 'must name at least one of feeds, chat, video' })
          .optional(),
      })
      .refine((stream) => !facts.project || streamBaseUrlIsAllowed(stream), allowed)
      .optional(),
    sendbird: z
      .strictObject({
        applicationId: z.string().regex(SENDBIRD_APP_ID, {
          error: 'must be an application id: letters, digits and hyphens, at most 59',
        }),
        apiToken: secret(facts),
        baseUrl: baseUrl.optional(),
      })
      .refine((sendbird) => !facts.project || sendbirdBaseUrlIsAllowed(sendbird), allowed)
      .optional(),
    deadline: deadline.optional(),
    erase: eraseSchema.optional(),
    rate: rateSchema.optional(),
  });
}

const profileName = z
  .string()
  .regex(PROFILE_NAME, { error: PROFILE_NAME_RULE })
  .refine((name) => !isBuiltIn(name), {
    error: 'is built in and cannot be defined in a file',
  });

/** A configuration file, docs/spec.md 8, as far as this file may say it. */
export function fileSchema(facts: FileFacts) {
  return z.strictObject({
    $schema: z.string().optional(),
    profile: z.string().regex(PROFILE_NAME, { error: PROFILE_NAME_RULE }).optional(),
    profiles: z.record(profileName, profileSchema(facts)).optional(),
  });
}

export type FileContent = z.infer<ReturnType<typeof fileSchema>>;
export type FileProfile = z.infer<ReturnType<typeof profileSchema>>;

const pattern = z.string().refine(compiles, { error: 'must be a regular expression' });
const owner = z.string().min(1, { error: 'must be a user id' });

/** `erase` in a profile: ids that are never erased, and Stream's options in Stream's words. */
const eraseSchema = z.strictObject({
  protected: z.array(pattern).optional(),
  stream: z
    .strictObject({
      messages: z.enum(['soft', 'pruning', 'hard']).optional(),
      conversations: z.enum(['soft', 'hard']).optional(),
      calls: z.enum(['soft', 'hard']).optional(),
      files: z.boolean().optional(),
      new_channel_owner_id: owner.optional(),
      new_call_owner_id: owner.optional(),
    })
    .optional(),
});

function compiles(source: string): boolean {
  try {
    return new RegExp(source, 'u').unicode;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

const SHARE_RULE = 'must be a number above 0 and at most 1';
const OUTSTANDING_RULE = 'must be a whole number from 1 to 100000';
const START_RULE = 'must be a whole number of at least 1';

const start = z.int({ error: START_RULE }).min(1, { error: START_RULE });

/** `rate` in a profile: how fast the providers are called. */
const rateSchema = z.strictObject({
  share: z
    .number({ error: SHARE_RULE })
    .gt(0, { error: SHARE_RULE })
    .max(1, { error: SHARE_RULE })
    .optional(),
  outstanding: z
    .int({ error: OUTSTANDING_RULE })
    .min(1, { error: OUTSTANDING_RULE })
    .max(100_000, { error: OUTSTANDING_RULE })
    .optional(),
  start: z.strictObject({ stream: start.optional(), sendbird: start.optional() }).optional(),
});

type Issue = z.core.$ZodIssue;

/** One line for everything that is wrong with a file: where in it, and what. Values never show. */
export function faultsOf(schema: z.ZodType, error: z.ZodError): readonly string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [line(issue.path, issueText(issue))];
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) =>
      line([...issue.path, key], `is not known here.${didYouMean(key, known)}`),
    );
  });
}

/** Words for what zod finds itself; without it the messages would be written for programmers. */
export function describe(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'is missing' : `must be ${kindOf(issue.expected)}`;
  }
  if (issue.code === 'invalid_value') {
    return issue.input === undefined ? 'is missing' : `must be one of ${issue.values.join(', ')}`;
  }
  return undefined;
}

function kindOf(expected: string): string {
  switch (expected) {
    case 'string':
      return 'text (in quotes, if it looks like a number)';
    case 'object':
    case 'record':
      return 'a mapping';
    case 'array':
      return 'a list';
    case 'boolean':
      return 'true or false';
    default:
      return expected;
  }
}

/** What is wrong, without where. */
export function issueText(issue: Issue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}

/** `profiles.production.products[1]: must be …`; keys of another kind in quotes and escaped. */
function line(path: readonly PropertyKey[], what: string): string {
  const where = path.reduce<string>((before, part) => {
    if (typeof part === 'number') return `${before}[${part}]`;
    const name = String(part);
    const shown = /^[\w.-]{1,64}$/.test(name) ? name : JSON.stringify(name.slice(0, 64));
    return before === '' ? shown : `${before}.${shown}`;
  }, '');
  return where === '' ? `the file as a whole ${what}` : `${where}: ${what}`;
}

/** The keys that the schema knows at a path. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let here: unknown = unwrap(schema);
  for (const part of path) {
    if (here instanceof z.ZodObject) here = unwrap(here.shape[String(part)]);
    else if (here instanceof z.ZodRecord) here = unwrap(here.valueType);
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? schema.unwrap() : schema;
}
