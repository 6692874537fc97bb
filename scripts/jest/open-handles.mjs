/**
 * Names what keeps a worker from ending: open sockets, servers and child processes, with the test file that left them, and timers
 * by who set them. Jest says only that a worker had to be forced, after `workerGracefulExitTimeout`.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { relative } from 'node:path';

/** A file's connections may take some seconds to close after it. */
const PATIENCE_MS = 15_000;
const CHECK_MS = 1_000;

/** Node's own list has no public name. */
const activeHandles = () => process['_getActiveHandles']();

const OUTPUT = new Set([process.stdout, process.stderr]);
const fileOf = new WeakMap();
let endedAt;

/** Remembers the handles that are open after a test file, unless an earlier one has left them. */
export function noteHandles(testPath) {
  for (const handle of activeHandles()) {
    if (!fileOf.has(handle)) fileOf.set(handle, relative(process.cwd(), testPath));
  }
}

/** Node lists no timers. Long ones are remembered as they are set, and all that are set when nothing should be. */
const LONG_MS = 10_000;
const MOST_REMEMBERED = 1_000;
/** Of each, how long it was to last, and an error with the stack of who set it. */
const timers = new Map();
/** Remembered since the closed ones were last forgotten. */
let since = 0;

function watchTimers() {
  const promised = createRequire(import.meta.url)('node:timers/promises');
  const { setTimeout, setInterval } = globalThis;
  const { setTimeout: wait } = promised;
  globalThis.setTimeout = Object.assign((run, ms, ...rest) => remember(setTimeout(run, ms, ...rest), ms), setTimeout);
  globalThis.setInterval = (run, ms, ...rest) => remember(setInterval(run, ms, ...rest), ms);
  promised.setTimeout = async (ms, value, options) => {
    const key = remember({ hasRef: () => options?.ref !== false }, ms);
    return wait(ms, value, options).finally(() => timers.delete(key));
  };
  syncBuiltinESMExports();
}

function remember(timer, ms) {
  if (ms < LONG_MS && endedAt === undefined) return timer;
  since += 1;
  if (timers.size >= MOST_REMEMBERED && since >= MOST_REMEMBERED) forgetClosed();
  // An error's stack is made into text when it is first read, which takes longer than all else: the text is made for a report only.
  if (timers.size < MOST_REMEMBERED) timers.set(timer, { ms, setBy: new Error() });
  return timer;
}

/** Not at each timer: of a thousand that are open, none would go. */
function forgetClosed() {
  since = 0;
  for (const timer of timers.keys()) if (!isOpen(timer)) timers.delete(timer);
}

const isOpen = (timer) => timer.hasRef() && timer['_destroyed'] !== true;
const openTimers = () => new Set([...timers].flatMap(([timer, set]) => (isOpen(timer) ? [asText(set)] : [])));
const asText = ({ ms, setBy }) => `${ms} ms\n${setBy.stack.split('\n').slice(3, 9).join('\n')}`;

/** Jest stops listening when it has no more files for this worker: from then on, the process lives for what is open only. */
function report() {
  if (process.listenerCount('message') > 0 || process.connected === undefined) return;
  endedAt ??= performance.now();
  if (performance.now() - endedAt < PATIENCE_MS) return;
  clearInterval(checking);
  const open = activeHandles().filter((handle) => fileOf.has(handle) && !OUTPUT.has(handle));
  const lines = open.map((handle) => `  ${describe(handle)} of ${fileOf.get(handle)}\n`);
  for (const timer of openTimers()) lines.push(`  a timer of ${timer}\n`);
  const resources = process.getActiveResourcesInfo().join(', ');
  process.stderr.write(`This worker does not end: ${resources}\n${lines.join('')}`);
}

function describe(handle) {
  const name = handle.constructor.name;
  if (handle.spawnfile) return `${name} ${handle.pid} (${handle.spawnargs.join(' ')})`;
  if (handle.remotePort) return `${name} from port ${handle.localPort} to port ${handle.remotePort}`;
  const address = typeof handle.address === 'function' ? handle.address() : undefined;
  return address?.port ? `${name} at port ${address.port}` : name;
}

const checking = setInterval(report, CHECK_MS);
checking.unref();
watchTimers();
