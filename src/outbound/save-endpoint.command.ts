/** Makes, changes and removes endpoints. */
import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ConsentNews } from '../consent/index.js';
import { Database, GuardedFetch } from '../kernel/index.js';
import { TargetChecks } from '../notices/index.js';
import { EndpointSecrets } from './endpoint-secrets.js';
import { EndpointStore, type EndpointRow, type EndpointTerms } from './endpoint-store.js';
import { endpointView } from './endpoint.view.js';
import type { CreateEndpointBody, EndpointView, NewEndpointView, UpdateEndpointBody } from './endpoints.dto.js';
import { EndpointNotFound, EndpointUrlForbidden, MOST_ENDPOINTS, TooManyEndpoints } from './endpoints.errors.js';
import { ALL_EVENT_TYPES, isAboutConsent } from './event-types.js';

const CONSENT_TYPES = ALL_EVENT_TYPES.filter(isAboutConsent);

export class CreateEndpoint extends Command<NewEndpointView> {
  constructor(
    readonly tenantId: string,
    readonly body: CreateEndpointBody,
  ) {
    super();
  }
}

export class UpdateEndpoint extends Command<EndpointView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly body: UpdateEndpointBody,
  ) {
    super();
  }
}

export class DeleteEndpoint extends Command<void> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

/** What every change of a tenant's endpoints has in common. */
@Injectable()
export class EndpointChanges {
  constructor(
    private readonly database: Database,
    private readonly endpoints: EndpointStore,
    private readonly consent: ConsentNews,
    private readonly fetch: GuardedFetch,
    private readonly targets: TargetChecks,
  ) {}

  /** Runs a change in a transaction. Changes of consent are kept from then on while an endpoint wants them. */
  make<T>(tenantId: string, change: () => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      const result = await change();
      await this.consent.follow(tenantId, await this.endpoints.wants(tenantId, CONSENT_TYPES));
      return result;
    });
  }

  /** The terms with addresses in normal form. Raises EndpointUrlForbidden and NoticeEmailMissing. */
  checked(terms: EndpointTerms): EndpointTerms {
    if (!this.fetch.mayAsk(terms.url)) throw new EndpointUrlForbidden();
    return { ...terms, notifyEmails: this.targets.mailboxes(terms.notifyEmails, 'notifyEmails') };
  }
}

@CommandHandler(CreateEndpoint)
export class CreateEndpointHandler implements ICommandHandler<CreateEndpoint> {
  constructor(
    private readonly changes: EndpointChanges,
    private readonly endpoints: EndpointStore,
    private readonly secrets: EndpointSecrets,
  ) {}

  /** The only result that holds its secret. Raises TooManyEndpoints, EndpointUrlForbidden and NoticeEmailMissing. */
  execute({ tenantId, body }: CreateEndpoint): Promise<NewEndpointView> {
    const { url, events = null, description = null, notifyEmails = [], notifyLanguage } = body;
    const terms = this.changes.checked({ url, events, description, notifyEmails, notifyLanguage });
    return this.changes.make(tenantId, async () => {
      if ((await this.endpoints.count(tenantId)) >= MOST_ENDPOINTS) throw new TooManyEndpoints();
      const row = await this.endpoints.insert(tenantId, terms);
      const { secret } = await this.secrets.replace(row.id);
      return { ...endpointView(row), secret };
    });
  }
}

@CommandHandler(UpdateEndpoint)
export class UpdateEndpointHandler implements ICommandHandler<UpdateEndpoint> {
  constructor(
    private readonly changes: EndpointChanges,
    private readonly endpoints: EndpointStore,
  ) {}

  /** What is left out stays. Raises EndpointNotFound, EndpointUrlForbidden and NoticeEmailMissing. */
  execute({ tenantId, id, body: { enabled, ...body } }: UpdateEndpoint): Promise<EndpointView> {
    return this.changes.make(tenantId, async () => {
      const known = await this.found(tenantId, id);
      const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
      await this.endpoints.update(id, this.changes.checked({ ...known, ...given }));
      if (enabled !== undefined) await this.endpoints.enable(id, enabled);
      return endpointView(await this.found(tenantId, id));
    });
  }

  private async found(tenantId: string, id: string): Promise<EndpointRow> {
    const row = await this.endpoints.find(tenantId, id);
    if (!row) throw new EndpointNotFound();
    return row;
  }
}

@CommandHandler(DeleteEndpoint)
export class DeleteEndpointHandler implements ICommandHandler<DeleteEndpoint> {
  constructor(
    private readonly changes: EndpointChanges,
    private readonly endpoints: EndpointStore,
  ) {}

  /** What waits for it is told to nobody. Raises EndpointNotFound. */
  execute({ tenantId, id }: DeleteEndpoint): Promise<void> {
    return this.changes.make(tenantId, async () => {
      if (!(await this.endpoints.remove(tenantId, id))) throw new EndpointNotFound();
    });
  }
}
