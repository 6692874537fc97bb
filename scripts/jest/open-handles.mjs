/**
 * Names what keeps a worker from ending: open sockets, servers and child processes, with the test file that left them. Jest says
 * only that a worker had to be forced, after `workerGracefulExitTimeout`.
 */
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

/** Jest stops listening when it has no more files for this worker: from then on, the process lives for what is open only. */
function report() {
  if (process.listenerCount('message') > 0 || process.connected === undefined) return;
  endedAt ??= performance.now();
  if (performance.now() - endedAt < PATIENCE_MS) return;
  clearInterval(checking);
  const open = activeHandles().filter((handle) => fileOf.has(handle) && !OUTPUT.has(handle));
  const lines = open.map((handle) => `  ${describe(handle)} of ${fileOf.get(handle)}\n`);
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
