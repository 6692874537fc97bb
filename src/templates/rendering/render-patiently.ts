/** Renders without holding up the event loop: what is not done in a moment is done in a thread of its own. */
import { LRUCache } from 'lru-cache';
import { TemplateTooSlow } from '../template.errors.js';
import { briefAllowance } from './allowance.js';
import type { CompiledTemplate } from './compile.js';
import { render, type Rendered, type TemplateData } from './render.js';
import { renderInThread } from './render-thread.js';

/** So long a template that took long goes to the thread at once. */
const REMEMBERED_MS = 60_000;
const slow = new LRUCache<CompiledTemplate, true>({ max: 1_000, ttl: REMEMBERED_MS });

/**
 * The same result and errors as `render`. At once, without a promise, for nearly all templates; the event loop is held up for some 30 ms at most, whatever
 * a template does.
 */
export function renderPatiently(
  template: CompiledTemplate,
  data: TemplateData,
  now?: Date,
): Rendered | Promise<Rendered> {
  if (slow.has(template)) return renderInThread(template, data, now);
  try {
    return render(template, data, now, briefAllowance());
  } catch (error) {
    if (!(error instanceof TemplateTooSlow)) throw error;
    slow.set(template, true);
    return renderInThread(template, data, now);
  }
}
