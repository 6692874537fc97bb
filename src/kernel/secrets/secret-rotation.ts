/**
 * Secrets that become others while the process runs: files are read every second or so, since mounts of Kubernetes swap links under
 * them and no notification covers every file system; managers are asked now and then; both at once on SIGHUP, and where a password is refused.
 */
import type { ResolvedSecrets, SecretSources } from './secret-sources.js';

const FILES_EVERY_MS = 1_000;
/** However often passwords are refused, nobody is asked more often. */
const LEAST_PAUSE_MS = 1_000;

/** Raises an Error for what cannot be used: then the secrets before stay in force. */
type Adopt = (found: ResolvedSecrets) => void;

/** What is said of a look that changed something, or failed. Never has a value. */
export interface RotationLog {
  changed(names: readonly string[]): void;
  failed(reason: string): void;
}

export class SecretRotation {
  private readonly listeners: (() => void)[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private log: RotationLog | undefined;
  private looking: Promise<void> | undefined;
  /** Was read once, and is adopted if it is still so at the next look: a file may be in the middle of being written. */
  private candidate: string | undefined;
  private refused = '';
  private askedAt = 0;
  private reason: string | undefined;

  /** `adopt` takes what is found into the configuration. */
  constructor(
    private readonly sources: SecretSources,
    private found: ResolvedSecrets,
    private readonly adopt: Adopt,
    private readonly managersEveryMs: number,
  ) {}

  /** Why the last look failed; undefined if it did not. */
  get obstacle(): string | undefined {
    return this.reason;
  }

  /** Hears of each change once the configuration has it. It must not throw. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Looks from now on. */
  start(log: RotationLog): void {
    this.log = log;
    if (this.sources.hasFiles) this.every(FILES_EVERY_MS, false);
    if (this.sources.hasReferences) this.every(this.managersEveryMs, true);
  }

  /** Resolves once nothing is read any more. */
  async stop(): Promise<void> {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
    await this.looking;
  }

  /** Asks files and managers now, unless that was done a moment ago. Never rejects. */
  lookNow(): Promise<void> {
    const now = performance.now();
    if (now - this.askedAt < LEAST_PAUSE_MS) return this.looking ?? Promise.resolve();
    this.askedAt = now;
    return this.look(true);
  }

  private every(ms: number, asksManagers: boolean): void {
    this.timers.push(setInterval(() => void this.look(asksManagers), ms).unref());
  }

  /** One at a time. */
  private async look(asksManagers: boolean): Promise<void> {
    await this.looking;
    this.looking = this.compare(asksManagers)
      .catch((error: unknown) => this.fail(error instanceof Error ? error.message : 'unknown error'))
      .finally(() => (this.looking = undefined));
    await this.looking;
  }

  private async compare(asksManagers: boolean): Promise<void> {
    const next = await this.sources.resolve(asksManagers ? undefined : this.found);
    if (next.problems.size > 0) return this.fail([...next.problems.values()].join('; '));
    const text = JSON.stringify(next.env);
    if (text === JSON.stringify(this.found.env)) {
      this.candidate = this.reason = undefined;
      this.refused = '';
      return;
    }
    if (this.sources.hasFiles && text !== this.candidate) return void (this.candidate = text);
    this.candidate = undefined;
    this.adopt(next);
    const names = Object.keys(next.env).filter((name) => next.env[name] !== this.found.env[name]);
    this.found = next;
    this.reason = undefined;
    this.refused = '';
    for (const listener of this.listeners) listener();
    this.log?.changed(names);
  }

  /** Said once for each reason: it is looked again every second. */
  private fail(reason: string): void {
    this.candidate = undefined;
    this.reason = 'a secret cannot be read, or not be used';
    if (reason !== this.refused) this.log?.failed(reason);
    this.refused = reason;
  }
}
