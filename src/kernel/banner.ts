/** What a newcomer reads first: where the API, the docs and the admin key are. */
import { join } from 'node:path';
import type { ReadyConfig } from './ready-config.js';

export function banner(config: ReadyConfig): string {
  const { publicUrl, home, role, sandbox, embedded } = config;
  const lines = [
    ['API', `${publicUrl}/api`],
    ['Docs', `${publicUrl}/docs`],
    ['Health', `${publicUrl}/health/ready`],
    ['Role', role],
    ['Admin key', embedded ? join(home, 'admin-key') : 'CALLBOARD_ADMIN_KEY'],
    ['Database', embedded ? `embedded PostgreSQL in ${home}` : 'DATABASE_URL'],
    ['Providers', sandbox ? `sandbox: nothing leaves this machine (${publicUrl}/sandbox/messages)` : 'real'],
  ];
  return `\nCallboard is ready.\n\n${lines.map(([name = '', value = '']) => `  ${name.padEnd(10)} ${value}`).join('\n')}\n\n`;
}
