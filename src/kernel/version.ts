/** The version of the program, from its package.json: also in an image, where it lies beside dist/. */
import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

const file = findPackageJSON(import.meta.url);
if (file === undefined) throw new Error('The program is incomplete: its package.json is missing');

export const { version: VERSION } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
