/** The accounts of a deployment at the sandbox: nothing downstream sees that they are no real ones. */
import { createHmac } from 'node:crypto';
import type { Mode } from '../kernel/index.js';
import type { PlatformSettings, ProviderName } from '../providers/index.js';
import { SANDBOX_WIRES } from './sandbox-wires.js';

const deriving =
  (adminKey: string, place: string) =>
  (name: string): string =>
    createHmac('sha256', adminKey).update(`${place}:${name}`).digest('hex');

/**
 * The platform's in sandbox mode, the same in every process of one deployment: derived from its admin key. In test mode it has no numbers: a STOP to one
 * would be one to all tenants.
 */
export function sandboxPlatform(adminKey: string, mode: Mode): Readonly<Record<string, PlatformSettings>> {
  const derive = deriving(adminKey, 'sandbox');
  return Object.fromEntries(
    Object.entries(SANDBOX_WIRES).map(([name, wire]) => {
      const { credentials, ...addresses } = wire.platform(derive);
      return [name, mode === 'test' && wire.receiver ? { credentials } : { credentials, ...addresses }];
    }),
  );
}

/** Those of one tenant in test mode, at each provider. */
export function sandboxAccountsOf(
  adminKey: string,
  tenantId: string,
): { readonly provider: ProviderName; readonly credentials: Readonly<Record<string, string>> }[] {
  const derive = deriving(adminKey, `test:${tenantId}`);
  return (Object.keys(SANDBOX_WIRES) as ProviderName[]).map((provider) => {
    const { credentials } = SANDBOX_WIRES[provider].platform(derive, tenantId);
    return { provider, credentials };
  });
}
