/** Starts the workers of an application's queues. */
import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { BullRegistrar } from '@nestjs/bullmq';
import { QueueConnection } from './queue.module.js';
import { QueueProcessor } from './processor.js';
import type { ReadyConfig } from '../config/ready-config.js';

/**
 * Call it when every command handler is registered. An api process has no workers. Raises an Error if the queue's pool has too
 * few connections for them, or its store, in the database, cannot be reached.
 */
export async function startQueueWorkers(
  app: INestApplicationContext,
  { role, queueUrl }: Pick<ReadyConfig, 'role' | 'queueUrl'>,
): Promise<void> {
  if (role === 'api') return;
  const processors = processorsOf(app);
  app.get(QueueConnection).requireRoomFor(processors.length);
  await Promise.resolve(app.get(BullRegistrar).register());
  if (queueUrl === undefined) await Promise.all(processors.map((processor) => processor.ready())); // Redis may come later
}

function processorsOf(app: INestApplicationContext): QueueProcessor[] {
  const providers = app.get(DiscoveryService).getProviders();
  const instances = new Set(providers.map(({ instance }): unknown => instance)); // one may have several tokens
  return [...instances].filter((instance) => instance instanceof QueueProcessor);
}
