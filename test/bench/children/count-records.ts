/*
 * Reads a CSV with csv-parse and counts its records: what reading alone takes.
 *
 *   count-records <file>
 */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';

let records = 0;
const parser = parse({ bom: true });
parser.on('data', () => {
  records += 1;
});
await pipeline(createReadStream(process.argv[2] ?? ''), parser);
console.log(records);
