/** In sandbox mode the platform's accounts are the sandbox's: nothing downstream sees the difference. */
import { createHmac } from 'node:crypto';
import type { PlatformSettings } from '../providers/index.js';
import { SANDBOX_WIRES } from './sandbox-wires.js';

/** The same in every process of one deployment: derived from its admin key. */
export function sandboxPlatform(adminKey: string): Readonly<Record<string, PlatformSettings>> {
  const derive = (name: string): string => createHmac('sha256', adminKey).update(`sandbox:${name}`).digest('hex');
  return Object.fromEntries(Object.entries(SANDBOX_WIRES).map(([name, wire]) => [name, wire.platform(derive)]));
}
