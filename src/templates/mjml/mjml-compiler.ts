/** Makes HTML of MJML, in a thread of its own. */
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import type { MjmlResult } from 'mjml';
import { InvalidTemplate, TemplateTooExpensive } from '../template.errors.js';
import { lostLiquid, mjmlFaults } from './mjml.rules.js';

const MOST_MEMORY_MB = 256;
const DEADLINE_MS = 20_000;
/** The type of a colour is checked by its text, which Liquid has yet to make. */
const LIQUID_COLOUR = /^Attribute \S+ has invalid value: .*\{\{.*\}\}.* for type Color\s*$/s;

/** A text with the name that it has in errors. */
export interface MjmlText {
  readonly path: string;
  readonly source: string;
}

@Injectable()
export class MjmlCompiler {
  private last: Promise<unknown> = Promise.resolve();

  /**
   * The HTML of each, in order. One call after the other in a process, as each takes a core. Raises InvalidTemplate for what MJML
   * refuses, and for what it would leave out without a word; TemplateTooExpensive for what takes longer than 20 seconds.
   */
  async htmlOf(texts: readonly MjmlText[]): Promise<string[]> {
    const faults = texts.flatMap(({ path, source }) => mjmlFaults(source).map((message) => ({ path, message })));
    if (faults.length > 0) throw new InvalidTemplate(faults);
    const made = this.last.then(() => inThread(texts));
    this.last = made.catch(() => undefined);
    return (await made).map(({ html, errors }, place) => {
      const { path = 'mjml', source = '' } = texts[place] ?? {};
      const refused = errors.filter(({ message }) => !LIQUID_COLOUR.test(message));
      const said = refused.map(({ line, tagName, message }) => `line ${line}, ${tagName}: ${message.trim()}`);
      const lost = lostLiquid(source, html).map(
        (tag) => `MJML leaves out ${tag} here: put it into a text, or into mj-raw`,
      );
      if (said.length + lost.length > 0)
        throw new InvalidTemplate([...said, ...lost].map((message) => ({ path, message })));
      return html;
    });
  }
}

async function inThread(texts: readonly MjmlText[]): Promise<readonly MjmlResult[]> {
  const worker = new Worker(new URL('./mjml.worker.js', import.meta.url), {
    workerData: texts.map(({ source }) => source),
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  });
  const tooMuch = (): TemplateTooExpensive =>
    new TemplateTooExpensive('mjml', 'takes too long, or too much memory, to compile');
  const late = setTimeout(() => void worker.terminate(), DEADLINE_MS);
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', (error: Error & { code?: string }) =>
        reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch() : error),
      );
      worker.once('exit', () => reject(tooMuch()));
    });
  } finally {
    clearTimeout(late);
  }
}
