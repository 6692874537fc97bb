/** Wires the sandbox into the application. */
import { Module, type DynamicModule, type NestModule, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { DeploymentAccounts } from './deployment-accounts.js';
import { ResendSandboxController } from './resend/resend.controller.js';
import { SandboxAccounts } from './sandbox-accounts.js';
import { SandboxController } from './sandbox.controller.js';
import { Sandbox } from './sandbox.js';
import type { SandboxOptions } from './sandbox.options.js';
import { SesSandboxController } from './ses/ses.controller.js';
import { SnsSandboxController } from './ses/sns.controller.js';
import { TwilioSandboxController } from './twilio/twilio.controller.js';

/** SES and Resend take 40 MB, far more than the rest of the service. */
const EMAIL_BODY_LIMIT = 40 * 1024 * 1024;

@Module({})
export class SandboxModule implements NestModule {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** Serves `/sandbox/…` to the accounts of this deployment, or others. Needs Nest's `rawBody: true`. */
  static register(options: SandboxOptions, accounts: Type<SandboxAccounts> = DeploymentAccounts): DynamicModule {
    return {
      module: SandboxModule,
      controllers: [
        ...[SandboxController, TwilioSandboxController, SesSandboxController, SnsSandboxController],
        ResendSandboxController,
      ],
      providers: [
        { provide: SandboxAccounts, useClass: accounts },
        {
          provide: Sandbox,
          useFactory: (known: SandboxAccounts) => new Sandbox(options, known),
          inject: [SandboxAccounts],
        },
      ],
      exports: [Sandbox],
    };
  }

  /** Runs before the routes are registered. */
  configure(): void {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onRoute', (route) => {
      if (/^\/sandbox\/(ses|resend)\//.test(route.url)) route.bodyLimit = EMAIL_BODY_LIMIT;
      if (/^\/sandbox\/(twilio|ses|sns|resend)\//.test(route.url)) route.config = { ...route.config, quiet: true };
    });
  }
}
