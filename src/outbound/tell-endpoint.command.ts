/** Has an endpoint told something at once: a test event, or a delivery again. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import { DeliveryStore, type ListedDelivery } from './delivery-store.js';
import { EndpointStore } from './endpoint-store.js';
import { deliveryView } from './endpoint.view.js';
import type { DeliveryView } from './endpoints.dto.js';
import { DeliveryNotFound, DeliveryUnderWay, EndpointDisabled, EndpointNotFound } from './endpoints.errors.js';
import type { EventType } from './event-types.js';

export class TestEndpoint extends Command<DeliveryView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly type: EventType,
  ) {
    super();
  }
}

export class RetryDelivery extends Command<DeliveryView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly deliveryId: string,
  ) {
    super();
  }
}

@CommandHandler(TestEndpoint)
export class TestEndpointHandler implements ICommandHandler<TestEndpoint> {
  constructor(
    private readonly database: Database,
    private readonly endpoints: EndpointStore,
    private readonly deliveries: DeliveryStore,
  ) {}

  /** Whatever types the endpoint wants. Raises EndpointNotFound and EndpointDisabled. */
  execute({ tenantId, id, type }: TestEndpoint): Promise<DeliveryView> {
    return this.database.transaction(async () => {
      await mustBeTold(this.endpoints, tenantId, id);
      return shown(this.deliveries, id, await this.deliveries.writeTest(id, type));
    });
  }
}

@CommandHandler(RetryDelivery)
export class RetryDeliveryHandler implements ICommandHandler<RetryDelivery> {
  constructor(
    private readonly database: Database,
    private readonly endpoints: EndpointStore,
    private readonly deliveries: DeliveryStore,
  ) {}

  /** Also if it has arrived. Raises EndpointNotFound, EndpointDisabled, DeliveryNotFound and DeliveryUnderWay. */
  execute({ tenantId, id, deliveryId }: RetryDelivery): Promise<DeliveryView> {
    return this.database.transaction(async () => {
      await mustBeTold(this.endpoints, tenantId, id);
      await shown(this.deliveries, id, deliveryId);
      if (!(await this.deliveries.retry(id, deliveryId))) throw new DeliveryUnderWay();
      return shown(this.deliveries, id, deliveryId);
    });
  }
}

/** Raises EndpointNotFound and EndpointDisabled. */
async function mustBeTold(endpoints: EndpointStore, tenantId: string, id: string): Promise<void> {
  const endpoint = await endpoints.find(tenantId, id);
  if (!endpoint) throw new EndpointNotFound();
  if (endpoint.disabledAt !== null) throw new EndpointDisabled();
}

/** Raises DeliveryNotFound. */
async function shown(deliveries: DeliveryStore, endpointId: string, id: string): Promise<DeliveryView> {
  const [delivery]: (ListedDelivery | undefined)[] = await deliveries.page({ endpointId, id }, 1);
  if (!delivery) throw new DeliveryNotFound();
  return deliveryView(delivery);
}
