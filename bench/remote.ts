/** Remote calls between the bench and the processes it starts, over Node's IPC channel. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The calls that a process serves: at most one plain argument, one plain result. */
export type Calls = Readonly<Record<string, (input: never) => Promise<unknown>>>;

interface Request {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** In a started process: serves the calls of its parent, and ends with it. */
export function serve(calls: Calls): void {
  process.on('disconnect', () => process.exit(0));
  process.on('message', ({ id, name, input }: Request) => {
    const call = calls[name] as ((input: unknown) => Promise<unknown>) | undefined;
    const answer = call ? call(input) : Promise.reject(new Error(`There is no call ${name}`));
    answer.then(
      (value) => process.send?.({ id, value } satisfies Answer),
      (error: unknown) => process.send?.({ id, error: stackOf(error) } satisfies Answer),
    );
  });
}

/** Milliseconds of CPU that this process has used so far. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** A started process, as its parent sees it. */
export class Remote<Served extends Calls> {
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (answer: Answer) => this.settle(answer));
    child.on('exit', (code, signal) => this.lose(`The process ended (${signal ?? code})`));
  }

  /** Starts a compiled file beside this one. Its output is discarded; its errors are shown. */
  static start<Served extends Calls>(file: string, nodeOptions: readonly string[] = []): Remote<Served> {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
      execArgv: ['--enable-source-maps', ...nodeOptions],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    return new Remote<Served>(child);
  }

  /** Calls the process. Raises an Error with the stack of what the process raised. */
  call<Name extends keyof Served & string>(
    name: Name,
    ...[input]: Parameters<Served[Name]>
  ): Promise<Awaited<ReturnType<Served[Name]>>> {
    const id = (this.calls += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child.send({ id, name, input } satisfies Request);
    });
  }

  /** Asks it to end, and waits until it has. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.connected) this.child.disconnect();
    await ended;
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.value as never);
  }

  private lose(why: string): void {
    for (const { reject } of this.waiting.values()) reject(new Error(why));
    this.waiting.clear();
  }
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
