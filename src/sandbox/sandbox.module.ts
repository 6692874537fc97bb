/** Wires the sandbox into the application. */
import { Module, type DynamicModule, type NestModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { SandboxController } from './sandbox.controller.js';
import { Sandbox } from './sandbox.js';
import type { SandboxOptions } from './sandbox.options.js';
import { SesSandboxController } from './ses/ses.controller.js';
import { SnsSandboxController } from './ses/sns.controller.js';
import { TwilioSandboxController } from './twilio/twilio.controller.js';

/** SES takes 40 MB, far more than the rest of the service. */
const SES_BODY_LIMIT = 40 * 1024 * 1024;

@Module({})
export class SandboxModule implements NestModule {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** Serves `/sandbox/…`. Needs Nest's `rawBody: true`. */
  static register(options: SandboxOptions): DynamicModule {
    return {
      module: SandboxModule,
      controllers: [SandboxController, TwilioSandboxController, SesSandboxController, SnsSandboxController],
      providers: [{ provide: Sandbox, useFactory: () => new Sandbox(options) }],
      exports: [Sandbox],
    };
  }

  /** Runs before the routes are registered. */
  configure(): void {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onRoute', (route) => {
      if (route.url.startsWith('/sandbox/ses/')) route.bodyLimit = SES_BODY_LIMIT;
    });
  }
}
