/** What a newcomer reads first: where the API, the docs and the admin key are. */
import { join } from 'node:path';
import type { ReadyConfig } from '../config/ready-config.js';

export function banner(config: ReadyConfig): string {
  const { publicUrl, host, port, home, role, sandbox, embedded } = config;
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
    [
      'Providers',
      sandbox
        ? `sandbox: nothing leaves this machine${role === 'worker' ? '' : ` (${publicUrl}/sandbox/messages)`}`
        : 'real',
    ],
  ];
  return `\nCallboard is ready.\n\n${lines.map(([name = '', value = '']) => `  ${name.padEnd(10)} ${value}`).join('\n')}\n\n`;
}
