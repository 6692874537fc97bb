/** The ids and names of what is there, as answers tell them, so that requests reach more than "there is no such thing". */
import { EXAMPLE_ID } from './odd.js';

/** Of each collection the newest are remembered. */
const MOST = 50;

/** For what no answer tells. */
const USUAL: Readonly<Record<string, string>> = { address: '%2B4915212345678', channel: 'sms', month: '2026-10' };

export class KnownIds {
  /** By the path of a collection, such as `/api/campaigns`, and the name of the field. */
  private readonly byCollection = new Map<string, string[]>();

  /** `precious` ones are never told: what they belong to has to stay as it is. */
  constructor(private readonly precious: ReadonlySet<string>) {}

  /** Remembers what an answer of a collection tells: of one thing, or of each of its `items`. */
  learn(path: string, answer: unknown): void {
    if (typeof answer !== 'object' || answer === null) return;
    const { items } = answer as { items?: unknown };
    for (const thing of Array.isArray(items) ? items : [answer]) {
      for (const [name, value] of Object.entries((thing as object | null) ?? {})) {
        const isName =
          (typeof value === 'string' && value.length > 0 && value.length < 100) || typeof value === 'number';
        if (isName && /^(id|key|name|number|month|token)$/.test(name)) this.add(`${path} ${name}`, String(value));
      }
    }
  }

  add(collection: string, id: string): void {
    if (this.precious.has(id)) return;
    const ids = this.byCollection.get(collection) ?? [];
    this.byCollection.set(collection, [...ids.filter((one) => one !== id), id].slice(-MOST));
  }

  /** For `{name}` of a path, after what stands before it. */
  inPath(before: string, name: string, pick: number): string {
    const field = /id$/i.test(name) ? 'id' : name;
    const collection = `${before.replaceAll(/\{\w+\}/g, '{}').replace(/\/$/, '')} ${field}`;
    const ids = this.byCollection.get(collection) ?? [];
    return encodeURIComponent(ids[pick % ids.length] ?? '') || (USUAL[name] ?? EXAMPLE_ID);
  }

  /** For a field such as `audienceId`: the newest of `/api/audiences`. */
  inField(name: string): string {
    const words = name.replace(/Id$/, '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return this.byCollection.get(`/api/${words}s id`)?.at(-1) ?? EXAMPLE_ID;
  }
}
