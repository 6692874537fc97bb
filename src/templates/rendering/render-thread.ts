/** The thread for renderings that take long: one in a process, started when the first comes, and ended when none has come for a while. */
import { Worker } from 'node:worker_threads';
import { TemplateTooExpensive } from '../template.errors.js';
import type { CompiledTemplate } from './compile.js';
import { LIMITS } from './limits.js';
import type { Rendered, TemplateData } from './render.js';
import { unpacked, type RenderAnswer, type RenderTask } from './render-task.js';

const MOST_MEMORY_MB = 128;
/** A rendering that looks at no clock, in one step of a library: then the thread is ended. The first waits for it to load, too. */
const DEADLINE_MS = 10_000;
const IDLE_MS = 60_000;

interface Job {
  readonly task: RenderTask;
  readonly resolve: (rendered: Rendered) => void;
  readonly reject: (error: Error) => void;
}

/** What waits, by its template: templates take turns, so that one with many recipients does not hold up the others. */
const waiting = new Map<CompiledTemplate, Job[]>();
let current: Job | undefined;
let worker: Worker | undefined;
let timer: NodeJS.Timeout | undefined;

/** Renders in the thread, within a template's whole allowance. Raises what `render` raises. */
export function renderInThread(template: CompiledTemplate, data: TemplateData, now?: Date): Promise<Rendered> {
  return new Promise((resolve, reject) => {
    const jobs = waiting.get(template) ?? [];
    jobs.push({ task: { source: template.source, data, now }, resolve, reject });
    waiting.set(template, jobs);
    if (!current) next();
  });
}

function next(): void {
  clearTimeout(timer);
  const [first] = waiting;
  current = undefined;
  if (!first) {
    timer = setTimeout(() => void dismiss(), IDLE_MS).unref();
    return;
  }
  const [template, jobs] = first;
  waiting.delete(template);
  current = jobs.shift();
  if (jobs.length > 0) waiting.set(template, jobs);
  timer = setTimeout(() => void dismiss(), DEADLINE_MS);
  worker ??= start();
  try {
    worker.postMessage(current?.task, []);
  } catch (error) {
    current?.reject(error as Error); // data that cannot be given away
    next();
  }
}

/** It keeps no process alive: what it does is awaited by somebody who does. */
function start(): Worker {
  const made = new Worker(new URL('./render.worker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  });
  made.unref();
  made.on('message', (answer: RenderAnswer) => {
    if ('rendered' in answer) current?.resolve(answer.rendered);
    else current?.reject(unpacked(answer.fault));
    next();
  });
  made.on('error', (error: Error & { code?: string }) => lose(made, error));
  made.on('exit', () => lose(made));
  return made;
}

/** The thread has ended: by us, as it took too long, or by its memory. Either is the fault of what it was rendering. */
function lose(ended: Worker, error?: Error & { readonly code?: string }): void {
  if (worker !== ended) return;
  worker = undefined;
  const isTooMuch = error === undefined || error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const reason = `takes longer than ${LIMITS.milliseconds} ms, or too much memory, to render`;
  current?.reject(isTooMuch ? new TemplateTooExpensive('template', reason) : error);
  next();
}

/** Ends the thread if nothing is rendered in it; the next rendering starts another. */
export async function endIdleThread(): Promise<void> {
  if (current) return;
  clearTimeout(timer);
  await dismiss();
}

async function dismiss(): Promise<void> {
  const ended = worker;
  if (!current) worker = undefined; // nobody waits for it
  await ended?.terminate();
}
