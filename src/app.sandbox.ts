/** The sandbox, if the configuration enables it. */
import type { DynamicModule } from '@nestjs/common';
import type { AppConfig } from './app.config.js';
import { SandboxModule } from './sandbox/index.js';
import { countSegments } from './templates/index.js';

/** The sandbox module for an api process in sandbox mode; nothing otherwise. */
export function sandboxModules({ sandbox, role, publicUrl, platform }: AppConfig): DynamicModule[] {
  if (!sandbox || role === 'worker') return [];
  return [SandboxModule.register({ publicUrl, sandboxUrl: `${publicUrl}/sandbox`, platform, countSegments })];
}

/** The banner's text about the providers. */
export function providersNote({ sandbox, role, publicUrl }: AppConfig): readonly [string, string] {
  const look = role === 'worker' ? '' : ` (${publicUrl}/sandbox/messages)`;
  return ['Providers', sandbox ? `sandbox: nothing leaves this machine${look}` : 'real'];
}
