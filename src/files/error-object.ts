import type { StepError } from '../requests/request.ts';
import { refusal } from './refusal.ts';

/** An error in JSON is short; what is longer is a file. */
const LONGEST = 16 * 1024;

/**
 * Whether a file is an error of the provider's in place of an export: one small JSON object of
 * plain values that has `error`, or `code` and `message`. An export holds objects or lists.
 */
export function errorObject(file: Uint8Array): StepError | null {
  if (file.length > LONGEST) return null;
  const value = parsed(Buffer.from(file).toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  if (Object.values(value).some((each) => typeof each === 'object' && each !== null)) return null;
  const isError = 'error' in value || ('code' in value && 'message' in value);
  return isError ? refusal('file_error', 'an error in JSON came in place of the file') : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    // What does not parse is judged, in its own words, by the check of the whole file.
    if (thrown instanceof SyntaxError) return null;
    throw thrown;
  }
}
