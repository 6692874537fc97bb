/** Files that commands are given. */
import { CommandFailed } from './context.js';

const UNREADABLE = new Set(['ENOENT', 'EISDIR', 'EACCES']);

/** What to raise where a file could not be read: CommandFailed, unless it is a fault of ours. */
export function cannotRead(path: string, error: unknown): unknown {
  const { code } = error as { readonly code?: string };
  return code !== undefined && UNREADABLE.has(code)
    ? new CommandFailed(`${path} cannot be read (${code}).`, { cause: error })
    : error;
}
