/** The sandbox, if the configuration enables it. */
import type { DynamicModule } from '@nestjs/common';
import type { AppConfig } from './app.config.js';
import { SandboxModule, TestSandboxModule } from './sandbox/index.js';
import { countSegments } from './templates/index.js';

/** The sandbox module for an api process in sandbox mode; its addresses alone, for test keys, where there is another deployment for them. */
export function sandboxModules({
  sandbox,
  mode,
  role,
  publicUrl,
  platform,
  testDeployment,
}: AppConfig): DynamicModule[] {
  if (role === 'worker') return [];
  if (sandbox)
    return [SandboxModule.register({ mode, publicUrl, sandboxUrl: `${publicUrl}/sandbox`, platform, countSegments })];
  return testDeployment ? [{ module: TestSandboxModule }] : [];
}

/** The banner's text about the providers. */
export function providersNote({ sandbox, mode, role, publicUrl }: AppConfig): readonly [string, string] {
  const look = role === 'worker' || mode === 'test' ? '' : ` (${publicUrl}/sandbox/messages)`;
  return ['Providers', sandbox ? `sandbox: nothing leaves this machine${look}` : 'real'];
}
