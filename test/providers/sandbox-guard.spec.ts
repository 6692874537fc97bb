import { cloneDatabase } from '../support/databases.js';
import { SandboxOnRealData } from '../../src/providers/sandbox-guard.js';
import { openHouse } from '../support/house.js';

test('a database that has sent through real providers is not opened with the sandbox, unless it is asked for by name', async () => {
  const databaseUrl = await cloneDatabase();
  await (await openHouse({ databaseUrl, sandbox: false, role: 'api' })).close();
  await expect(openHouse({ databaseUrl, sandbox: true, role: 'api' })).rejects.toThrow(SandboxOnRealData);
  await (await openHouse({ databaseUrl, sandbox: true, sandboxAsked: true, role: 'api' })).close();
});
