import type { StepError } from '../requests/request.ts';
import { refusal } from './refusal.ts';

/** An error page is told from its beginning; this much of it is looked at. */
const HEAD = 4096;
const HTML = /<(?:!doctype\s+html|html|head|body|title|h1)[\s>]/iv;
const STORE_CODE = /<Code>\s*(?<code>[A-Za-z]{1,64})\s*<\/Code>/v;

/**
 * The error for a file that begins with `<`: a web page, or XML as object stores answer with, whose
 * `<Code>` is named. Nothing else of it is: messages there quote signed links.
 */
export function errorPage(file: Uint8Array): StepError {
  const head = Buffer.from(file.subarray(0, HEAD)).toString('latin1');
  if (HTML.test(head)) return refusal('file_html', 'a web page (HTML) came instead of the file');
  const code = STORE_CODE.exec(head)?.groups?.['code'];
  const said = code === undefined ? '' : `, error ${code}`;
  return refusal('file_xml', `XML came instead of the file, as file stores answer${said}`);
}
