/** Reads whose the contacts are that were stored before there were people: those with a customer's id, in small batches. */
import { Injectable } from '@nestjs/common';
import { Database, Scheduled } from '../kernel/index.js';
import { PLACEHOLDERS } from './imports/person-columns.js';

/** Contacts per statement, so that none holds its locks for long. */
const BATCH = 10_000;

const CUSTOMER = `left(coalesce(attributes ->> 'customerId', attributes ->> 'customer_id'), 200)`;

const PREFERRED = `(attributes ->> 'preferredChannel')`;

/** The next contacts after an address. Answers the last one, and null when there are no more. */
const READ = `
  with next as materialized (
    select kind, address, attributes from contact where audience_id = $1 and (kind, address) > ($2, $3)
    order by kind, address limit ${BATCH} for no key update
  ), told as (
    update contact set person = coalesce(person, 'customer:' || customer),
      preferred_channel = coalesce(preferred_channel, preferred)
    from (
      select kind, address, case when lower(${CUSTOMER}) <> all($4) then ${CUSTOMER} end as customer,
        case when lower(${PREFERRED}) in ('email', 'sms', 'whatsapp', 'voice') then lower(${PREFERRED}) end as preferred
      from next) as said
    where contact.audience_id = $1 and contact.kind = said.kind and contact.address = said.address
      and (customer <> '' or preferred is not null))
  select kind, address from next order by kind desc, address desc limit 1`;

interface Place {
  readonly kind: string;
  readonly address: string;
}

@Injectable()
export class PeopleSchedule {
  constructor(private readonly database: Database) {}

  /** Until every audience is read; safe to be interrupted, and to run beside imports, which know better. */
  @Scheduled({ name: 'read-people', everyMs: 60_000 })
  async read(): Promise<void> {
    const unread = await this.database.query<{ id: string }>(
      `select id from audience where not are_people_read and deleted_at is null order by id`,
    );
    for (const { id } of unread) await this.readOne(id);
  }

  private async readOne(id: string): Promise<void> {
    let at: Place | undefined = { kind: '', address: '' };
    while (at) [at] = await this.database.query<Place>(READ, [id, at.kind, at.address, PLACEHOLDERS]);
    await this.database.query(`update audience set are_people_read = true where id = $1`, [id]);
  }
}
