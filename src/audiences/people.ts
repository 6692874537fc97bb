/** The people of audiences, for sending over several channels: the SQL of their contacts, in parts that are read one after another. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { AddressKind } from '../tenants/index.js';

/**
 * People who may have several addresses are read by person, the others by the address of each kind: as they were at the end of a
 * generation, so that the same people are read whatever is imported meanwhile. A contact keeps whose it was in one generation before.
 */
export const JOINED = 'joined';
export type PeoplePart = typeof JOINED | AddressKind;

/** SQL expressions for a part of an audience. */
interface PartSql {
  readonly audience: string;
  readonly generation: string;
  /** Only people greater than this one, and at most `until`. */
  readonly after: string;
  readonly until: string;
}

/** SQL expressions for all people of an audience. */
interface AllPeopleSql {
  readonly audience: string;
  readonly kinds: string;
  /** A condition on `contact`. */
  readonly members: string;
}

const ADDRESS = 'kind, address, attributes, preferred_channel, updated_at';
const COLUMNS = `coalesce(person, address) as person, ${ADDRESS}`;

/** A SELECT of the contacts of a part's people: `person`, `kind`, `address`, `attributes`, `preferred_channel` and `updated_at`. */
export function peopleOf(part: PeoplePart, { audience, generation, after, until }: PartSql): string {
  const known = `from contact where audience_id = ${audience} and since <= ${generation}`;
  return part === JOINED
    ? `select person, ${ADDRESS} ${known} and generation <= ${generation} and person > ${after} and person <= ${until}
       union all
       select person_was, ${ADDRESS} ${known} and generation > ${generation} and person_was > ${after} and person_was <= ${until}`
    : `select address as person, ${ADDRESS} ${known} and kind = '${part}' and address > ${after} and address <= ${until}
         and (case when generation <= ${generation} then person else person_was end) is null`;
}

/** Of contacts, as a relation, those of people of whom one of their contacts is among the members. */
export const ofMembers = (contacts: string, members: string): string =>
  members === 'true'
    ? contacts
    : `select * from (
         select contact.*, bool_or(${members}) over (partition by person) as is_member from (${contacts}) as contact) as contact
       where is_member`;

/** The same of all people of an audience who are among the members, with their addresses of these kinds (an array). */
export const allPeopleOf = ({ audience, kinds, members }: AllPeopleSql): string =>
  members === 'true'
    ? `select ${COLUMNS} from contact where audience_id = ${audience} and kind = any(${kinds})`
    : `select * from (${ofMembers(`select ${COLUMNS} from contact where audience_id = ${audience}`, members)}) as contact
       where kind = any(${kinds})`;

/** The same of up to `size` of them, at random but always the same ones. */
export const sampleOfPeople = (people: AllPeopleSql, size: string): string => `
  select * from (${allPeopleOf(people)}) as contact where person in (
    select person from (select distinct person from (${allPeopleOf(people)}) as known) as known
    order by md5(person) limit ${size})`;

/** The same of the person who has this address, which is found by the keys. */
export function personWith(audience: string, address: string): string {
  const own = `from contact where audience_id = ${audience} and kind in ('email', 'phone') and address = ${address}`;
  return `select ${COLUMNS} ${own} and person is null
    union all
    select ${COLUMNS} from contact where audience_id = ${audience} and person = (select person ${own})`;
}

/** Whoever was, or is, one of several: a few too many, which a chunk passes over. */
const NEXT_JOINED = `
  (select person as place from contact where audience_id = $1 and person > $2 order by person limit $3)
  union all
  (select person_was from contact where audience_id = $1 and person_was > $2 order by person_was limit $3)
  order by place limit $3`;
const NEXT_OF_KIND = (kind: AddressKind): string =>
  `select address as place from contact where audience_id = $1 and kind = '${kind}' and address > $2 order by address limit $3`;

@Injectable()
export class People {
  constructor(private readonly database: Database) {}

  /** Whether it is known whose the contacts are: not yet, for a minute or more, of audiences from before there were people. */
  async areRead(audienceId: string): Promise<boolean> {
    const unread = await this.database.query(`select from audience where id = $1 and not are_people_read`, [
      audienceId,
    ]);
    return unread.length === 0;
  }

  /**
   * Ends the audience's generation, which it answers: what changes from now on is of the next. Waits for imports that are being
   * written; the next ones wait for the open transaction. Call it before anything else holds the audience.
   */
  async endGeneration(audienceId: string): Promise<number> {
    await this.database.query(`select from audience where id = $1 for update`, [audienceId]);
    const [ended] = await this.database.query<{ generation: number }>(
      `update audience set generation = generation + 1 where id = $1 returning generation - 1 as generation`,
      [audienceId],
    );
    return ended?.generation ?? 0;
  }

  /** The number of the next up to `size` contacts of a part after a person, and the last person of them; null if there are no more. */
  async next(
    audienceId: string,
    part: PeoplePart,
    after: string,
    size: number,
  ): Promise<{ readonly contacts: number; readonly until: string | null }> {
    const next = part === JOINED ? NEXT_JOINED : NEXT_OF_KIND(part);
    const [answer] = await this.database.query<{ contacts: number; until: string | null }>(
      `select count(*)::int as contacts, max(place) as until from (${next}) as next`,
      [audienceId, after, size],
    );
    if (!answer) throw new Error('a count always answers');
    return answer;
  }
}
