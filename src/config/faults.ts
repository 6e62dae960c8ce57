import * as z from 'zod';
import { didYouMean } from './near-miss.ts';

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
