/** The start banner: where the API, the docs and the admin key are. */
import { join } from 'node:path';
import type { ReadyConfig } from '../config/ready-config.js';

/** `notes` are lines of the modules above, each a name and a text. */
export function banner(config: ReadyConfig, notes: readonly (readonly [string, string])[]): string {
  const { publicUrl, host, port, home, role, embedded } = config;
  const own = `http://${host}:${port}`;
  const api = [
    ['API', `${publicUrl}/api`],
    ['Docs', `${publicUrl}/docs`],
    ['Admin key', embedded ? join(home, 'admin-key') : 'CALLBOARD_ADMIN_KEY'],
  ];
  const lines = [
    ...(role === 'worker' ? [] : api),
    ['Health', `${own}/health/ready`],
    ['Role', role],
    ['Database', embedded ? `embedded PostgreSQL in ${home}` : 'DATABASE_URL'],
    ...notes,
  ];
  return `\nCallboard is ready.\n\n${lines.map(([name = '', value = '']) => `  ${name.padEnd(10)} ${value}`).join('\n')}\n\n`;
}
