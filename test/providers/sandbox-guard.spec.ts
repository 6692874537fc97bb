import { cloneDatabase } from '../support/databases.js';
import { SandboxOnRealData } from '../../src/providers/sandbox-guard.js';
import { openTestApp } from '../support/test-app.js';

test('a database that has sent through real providers is not opened with the sandbox, unless it is asked for by name', async () => {
  const databaseUrl = await cloneDatabase();
  await (await openTestApp({ databaseUrl, sandbox: false, role: 'api' })).close();
  await expect(openTestApp({ databaseUrl, sandbox: true, role: 'api' })).rejects.toThrow(SandboxOnRealData);
  await (await openTestApp({ databaseUrl, sandbox: true, sandboxAsked: true, role: 'api' })).close();
});
