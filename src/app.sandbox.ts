/** The sandbox, where the configuration asks for it. */
import type { DynamicModule } from '@nestjs/common';
import type { ReadyConfig } from './kernel/index.js';
import { SandboxModule } from './sandbox/index.js';
import { countSegments } from './templates/index.js';

/** The sandbox module for an api process in sandbox mode; nothing for any other. */
export function sandboxModules({ sandbox, role, publicUrl, ses }: ReadyConfig): DynamicModule[] {
  const [topicArn] = ses?.topicArns ?? [];
  if (!sandbox || role === 'worker' || !topicArn) return [];
  return [SandboxModule.register({ publicUrl, sandboxUrl: `${publicUrl}/sandbox`, topicArn, countSegments })];
}
