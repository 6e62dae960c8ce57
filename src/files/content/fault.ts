import type { StepError } from '../../requests/request.ts';

/** Why a received file is not kept. All are passing: the provider may deliver a whole one next time. */
export type FileFault =
  | 'file_empty'
  | 'file_blank'
  | 'file_error'
  | 'file_no_data'
  | 'file_not_zip'
  | 'file_html'
  | 'file_xml'
  | 'file_unknown'
  | 'file_short'
  | 'file_long'
  | 'file_cut'
  | 'file_broken'
  | 'file_too_deep'
  | 'file_not_utf8'
  | 'file_zip_corrupt'
  | 'file_zip_empty'
  | 'file_zip_encrypted'
  | 'file_zip_unsafe'
  | 'file_zip_unsupported'
  | 'file_zip_bomb';

export const NOT_JSON = 'the file is not JSON, JSON lines or zip';
export const ERROR_CAME = 'an error in JSON came in place of the file';

/** The error of a step whose file is refused. Messages never quote the file: it is personal data. */
export function refusal(code: FileFault, message: string): StepError {
  return { code, message, passing: true, providerCode: null, httpStatus: null };
}
