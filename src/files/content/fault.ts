import type { StepError } from '../../requests/request.ts';

export const NOT_JSON = 'the file is not JSON, JSON lines or zip';
export const ERROR_CAME = 'an error in JSON came in place of the file';

/**
 * The error of a step whose received file is not kept. All are passing: the provider may deliver a
 * whole one next time. Messages never quote the file: it is personal data.
 */
export function refusal(code: `file_${string}`, message: string): StepError {
  return { code, message, passing: true, providerCode: null, httpStatus: null };
}
