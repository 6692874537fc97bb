// A folder in memory for the tests' databases, where making a file takes a tenth of the processor time: each database has hundreds.
import { existsSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = '/dev/shm';
/** All tests leave less than half of it there. */
const ROOM_BYTES = 12e9;

/** Undefined where the system has none, or it has too little room for all tests. */
export function memoryFolder() {
  if (!existsSync(FOLDER)) return undefined;
  removeLeftovers();
  const { bavail, bsize } = statfsSync(FOLDER);
  return Math.min(bavail * bsize, process.availableMemory()) < ROOM_BYTES ? undefined : FOLDER;
}

/** Of runs that were killed. A server that they have left running ends without its files. */
function removeLeftovers() {
  for (const name of readdirSync(FOLDER).filter((each) => each.startsWith('callboard-postgres-'))) {
    const owner = join(FOLDER, name, 'owner.pid');
    if (!existsSync(owner) || isRunning(Number(readFileSync(owner, 'utf8')))) continue;
    rmSync(join(FOLDER, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
