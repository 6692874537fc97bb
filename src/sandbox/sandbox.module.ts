/** The sandbox's Nest module. */
import { Module, type DynamicModule, type NestModule, type Type } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { DeploymentAccounts } from './deployment-accounts.js';
import { SandboxAccounts } from './sandbox-accounts.js';
import type { Receiver } from './sandbox-wire.js';
import { SANDBOX_WIRES } from './sandbox-wires.js';
import { RECEIVERS, SandboxController } from './sandbox.controller.js';
import { Sandbox } from './sandbox.js';
import type { SandboxOptions } from './sandbox.options.js';
import { GuardedSandboxController } from './test-mode/guarded-sandbox.controller.js';
import { TestTenants } from './test-mode/test-tenants.js';
import { TestTenantsController } from './test-mode/test-tenants.controller.js';
import type { FaultAnswers } from './wire.js';

const WIRES = Object.entries(SANDBOX_WIRES).map(([name, wire]) => ({ name, ...wire }));
/** The simulators with inbound messages, by provider. */
const HEARING = WIRES.flatMap(({ name, receiver }) => (receiver ? [{ name, receiver }] : []));

@Module({})
export class SandboxModule implements NestModule {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /** Serves `/sandbox/…` for the accounts of this deployment, or others. Needs Nest's `rawBody: true`. */
  static register(options: SandboxOptions, accounts: Type<SandboxAccounts> = DeploymentAccounts): DynamicModule {
    const faultAnswers = Object.fromEntries(WIRES.map(({ name, faults }) => [name, faults])) as FaultAnswers;
    const isTest = options.mode === 'test';
    return {
      module: SandboxModule,
      controllers: [
        ...(isTest ? [GuardedSandboxController, TestTenantsController] : [SandboxController]),
        ...WIRES.flatMap(({ controllers }) => controllers),
      ],
      providers: [
        { provide: SandboxAccounts, useClass: accounts },
        { provide: Sandbox, useFactory: () => new Sandbox(options, faultAnswers) },
        ...(isTest ? [SandboxController, TestTenants] : []),
        ...WIRES.flatMap(({ standIns }) => standIns),
        {
          provide: RECEIVERS,
          useFactory: (...receivers: Receiver[]) =>
            new Map(receivers.map((receiver, index) => [HEARING[index]?.name, receiver])),
          inject: HEARING.map(({ receiver }) => receiver),
        },
      ],
      exports: [Sandbox],
    };
  }

  /** Runs before the routes are registered. */
  configure(): void {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onRoute', (route) => {
      const [, , path = ''] = route.url.split('/');
      const wire = route.url.startsWith('/sandbox/') ? WIRES.find(({ paths }) => paths.includes(path)) : undefined;
      if (!wire) return;
      route.config = { ...route.config, quiet: true };
      if (wire.bodyLimit !== undefined) route.bodyLimit = wire.bodyLimit;
    });
  }
}
