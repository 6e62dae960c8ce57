import type { Secret, SecretSource } from '../secret.ts';
import type { FileProfile } from './schema.ts';

export type StreamProduct = 'feeds' | 'chat' | 'video';

/** A Stream app. `origin` has no path and no trailing slash. */
export interface StreamAccount {
  apiKey: string;
  apiSecret: SecretSource;
  origin: string;
  products: readonly StreamProduct[];
}

/** A Sendbird application. `origin` has no path and no trailing slash. */
export interface SendbirdAccount {
  applicationId: string;
  apiToken: SecretSource;
  origin: string;
}

/** Where and how deadlines are counted, docs/spec.md 9. */
export interface DeadlineRules {
  country: string | null;
  region: string | null;
  /** IANA name. */
  timeZone: string;
}

/** What a profile says about erasing. */
interface EraseRules {
  /** Sources of regular expressions with the flag `u`: ids that are never erased. */
  protected: readonly string[];
  /** Stream's own delete options, in its own words; what the profile leaves open is absent. */
  stream: NonNullable<NonNullable<FileProfile['erase']>['stream']>;
}

/** How fast the providers are called. */
export interface RateRules {
  /** How much of their limits is used, above 0 and at most 1. */
  share: number;
  /** The most tasks that run at a provider at once because of us. */
  outstanding: number;
  /** How fast an operation goes before the provider has told its limit. */
  start: {
    /** Calls a minute. */
    stream: number;
    /** Calls a second. */
    sendbird: number;
  };
}

/** The accounts of a profile and those that the variables name, each in words: they differ. */
export interface Rival {
  profile: string;
  environment: string;
}

/** One profile, read, checked and with its defaults; a provider that is not configured is null. */
export interface Settings {
  profile: string;
  /** Where it comes from, in words. */
  source: string;
  /** Who chose it: `now` is `--profile` or `GDPR_PROFILE`, `file` is `profile` in a file; null: nobody. */
  chosen: 'now' | 'file' | null;
  /** The names of all profiles that the files define. */
  among: readonly string[];
  /** What may have been meant just as well; null: nothing. */
  rival: Rival | null;
  /** Who is at the terminal, for the record: `GDPR_OPERATOR`, else the system user. */
  operator: string;
  stream: StreamAccount | null;
  sendbird: SendbirdAccount | null;
  deadline: DeadlineRules;
  erase: EraseRules;
  rate: RateRules;
  /** Absolute: the folder of this profile below the state folder. */
  stateDir: string;
  /** Things to tell the operator once: a plain secret in a file, say. */
  warnings: readonly string[];
}

/** What the command line says about configuration; null where it says nothing. */
export interface ConfigFlags {
  profile: string | null;
  config: string | null;
  stateDir: string | null;
}

/** Where a secret is, as a file says it; a Secret itself stands in the file as it is. */
export type SecretInput =
  | { env: string }
  | { file: string }
  | { command: readonly string[] }
  | Secret;

/** The values of a profile that is to be written, by their places in it. */
interface DraftValues {
  'stream.apiKey': string;
  'stream.apiSecret': SecretInput;
  'stream.products': readonly StreamProduct[];
  'stream.baseUrl': string;
  'sendbird.applicationId': string;
  'sendbird.apiToken': SecretInput;
  'sendbird.baseUrl': string;
  'deadline.country': string;
  'deadline.region': string;
  'deadline.timeZone': string;
}

export type DraftField = keyof DraftValues;

/** A profile that is to be written; what is absent is not written. */
export type Draft = { readonly [Field in DraftField]?: DraftValues[Field] | undefined };

/** What is wrong with a draft, or with its name: a sentence without its subject. */
export interface DraftFault {
  field: DraftField | 'profile';
  message: string;
}
