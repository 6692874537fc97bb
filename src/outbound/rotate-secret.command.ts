/** Makes another secret for an endpoint. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { iso } from '../kernel/index.js';
import { EndpointSecrets } from './endpoint-secrets.js';
import { EndpointStore } from './endpoint-store.js';
import type { EndpointSecretView } from './endpoints.dto.js';
import { EndpointNotFound } from './endpoints.errors.js';

export class RotateSecret extends Command<EndpointSecretView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@CommandHandler(RotateSecret)
export class RotateSecretHandler implements ICommandHandler<RotateSecret> {
  constructor(
    private readonly endpoints: EndpointStore,
    private readonly secrets: EndpointSecrets,
  ) {}

  /** The only result that ever holds it. For a day events are signed by the one before too. Raises EndpointNotFound. */
  async execute({ tenantId, id }: RotateSecret): Promise<EndpointSecretView> {
    if (!(await this.endpoints.find(tenantId, id))) throw new EndpointNotFound();
    const { secret, createdAt, previousUntil } = await this.secrets.replace(id);
    return { secret, createdAt: iso(createdAt), previousUntil: iso(previousUntil) };
  }
}
