/** Removes a contact from an audience. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../kernel/index.js';
import { SenderDirectory } from '../tenants/index.js';
import { ContactNotFound } from './audience.errors.js';
import { AudienceStore } from './audience-store.js';
import { kindOf } from '../lists/index.js';
import { contactAddress } from './contact-address.js';

export class RemoveContact extends Command<void> {
  constructor(
    readonly tenantId: string,
    readonly audienceId: string,
    readonly address: string,
  ) {
    super();
  }
}

@CommandHandler(RemoveContact)
export class RemoveContactHandler implements ICommandHandler<RemoveContact> {
  constructor(
    private readonly database: Database,
    private readonly audiences: AudienceStore,
    private readonly senders: SenderDirectory,
  ) {}

  /** Who had its name from the address is a person of its own again. Raises AudienceNotFound, ContactNotFound and InvalidAddress. */
  async execute({ tenantId, audienceId, address: text }: RemoveContact): Promise<void> {
    await this.audiences.require(tenantId, audienceId);
    const { country } = await this.senders.tenant(tenantId);
    const { kind, address } = contactAddress(kindOf(text), text, country);
    const removed = await this.database.query(
      `with home as materialized (
         select id, generation from audience where id = $1 for key share),
       removed as (
         delete from contact where audience_id = $1 and kind = $2 and address = $3 returning kind),
       alone as (
         update contact set person = null, generation = home.generation,
           person_was = case when contact.generation < home.generation then person else person_was end
         from home
         where audience_id = $1 and person = $3 and address <> $3)
       update audience set emails = emails - (removed.kind = 'email')::int, phones = phones - (removed.kind = 'phone')::int
       from removed, home where audience.id = home.id returning 1`,
      [audienceId, kind, address],
    );
    if (removed.length === 0) throw new ContactNotFound();
  }
}
