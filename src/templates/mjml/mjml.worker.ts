/** A worker thread that makes HTML of MJML: loading the compiler takes half a second, and no tenant's text may hold up others. */
import { parentPort, workerData } from 'node:worker_threads';
import mjml2html, { type MjmlResult } from 'mjml';

async function compiled(source: string): Promise<MjmlResult> {
  try {
    // Its `minify` and `beautify` are ten times slower, and write to the standard output.
    const options = { validationLevel: 'soft', ignoreIncludes: true, keepComments: false } as const;
    const { html, errors } = await mjml2html(source, options);
    return { html, errors: errors.map(({ line, message, tagName }) => ({ line, message, tagName })) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { html: '', errors: [{ line: 1, tagName: 'mjml', message: error.message }] }; // what it cannot read at all
  }
}

const made: MjmlResult[] = [];
for (const source of workerData as readonly string[]) made.push(await compiled(source));
parentPort?.postMessage(made, []);
