/** Routes that a test deployment does not have. */
import { applyDecorators, Inject, Injectable, UseGuards, type CanActivate } from '@nestjs/common';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { ApiProblems } from '../openapi/api-problems.js';
import { LiveModeOnly } from './test-mode.errors.js';

@Injectable()
class LiveOnlyGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: ReadyConfig) {}

  /** Raises LiveModeOnly. */
  canActivate(): boolean {
    if (this.config.mode === 'test') throw new LiveModeOnly();
    return true;
  }
}

/** The route is refused in test mode. */
export const LiveOnly = (): MethodDecorator & ClassDecorator =>
  applyDecorators(UseGuards(LiveOnlyGuard), ApiProblems(new LiveModeOnly()));
