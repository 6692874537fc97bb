/**
 * Remembers answers for a short time, so that a hot path does not ask the database each time. Bounded: the oldest go first.
 * What is changed in this process should be forgotten at once; other processes see a change after `ttlMs` at the latest.
 */
export class ShortCache<Value> {
  /** In the order in which they expire, since all live equally long. */
  private readonly entries = new Map<string, { readonly value: Promise<Value>; readonly until: number }>();

  constructor(
    private readonly ttlMs: number,
    private readonly size = 10_000,
  ) {}

  /** The remembered answer, or what `load` gives. Callers at the same time share one load; a failure is not remembered. */
  get(key: string, load: () => Promise<Value>): Promise<Value> {
    const found = this.entries.get(key);
    if (found && found.until > performance.now()) return found.value;
    const value = load();
    const entry = { value, until: performance.now() + this.ttlMs };
    this.entries.delete(key);
    this.entries.set(key, entry);
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.size && oldest !== undefined) this.entries.delete(oldest);
    value.catch(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    return value;
  }

  forget(key: string): void {
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }
}
