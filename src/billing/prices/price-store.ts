/** The tables of price lists. Versions and their lines are written once, and never changed. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { ListedPrice, PriceScope, PriceUnit } from './price-line.js';
import type { PriceListContent, PriceListName } from './price-list.js';
import { PriceListNotFound } from './prices.errors.js';

export interface VersionRow {
  readonly id: string;
  readonly version: number;
  readonly currency: string;
  readonly content_hash: string;
  readonly lines: number;
  /** PostgreSQL text, as the other times. */
  readonly valid_from: string;
  readonly created_by: string;
  readonly created_at: string;
}

export interface ListRow extends VersionRow, PriceListName {}

export interface PutVersion {
  readonly row: VersionRow;
  /** False if the newest version said the same. */
  readonly isNew: boolean;
}

interface LineRow extends Pick<PriceScope, 'channel' | 'direction' | 'country' | 'prefix' | 'category' | 'provider'> {
  readonly place: number;
  readonly sender_type: PriceScope['senderType'];
  readonly kind: 'price' | 'markup' | 'allowance';
  readonly unit: PriceUnit | null;
  readonly from_unit: string;
  readonly valid_from: string | null;
  readonly price_micros: string | null;
  readonly carrier_fee_micros: string | null;
  readonly markup_basis_points: string | null;
  readonly markup_fixed_micros: string | null;
  readonly included: string | null;
}

const VERSION =
  'version.id, version.version, version.currency, version.content_hash, version.lines, version.valid_from, version.created_by, version.created_at';
const LINE = `place, channel, direction, country, prefix, sender_type, category, provider, kind, unit, from_unit::text, valid_from,
  price_micros::text, carrier_fee_micros::text, markup_basis_points::text, markup_fixed_micros::text, included::text`;

/** Lines per statement. */
const BATCH_SIZE = 5_000;

/** Places and times by which prices differ. */
export interface PriceKeys {
  readonly prefixes: readonly string[];
  /** Moments at which some price changes, in order, in seconds since 1970 as decimal text. */
  readonly changes: readonly string[];
}

@Injectable()
export class PriceStore {
  constructor(private readonly database: Database) {}

  /**
   * Writes the next version of a list, in the caller's transaction; of two at once, one waits for the other. What had no price until
   * now is priced afterwards, where it has one. The newest version stays if it has the same content, and holds from the same time
   * where one is named.
   */
  async put(
    { kind, name }: PriceListName,
    content: PriceListContent,
    validFrom: Date | undefined,
    actor: string,
  ): Promise<PutVersion> {
    await this.database.query('insert into price_list (kind, name) values ($1, $2) on conflict do nothing', [
      kind,
      name,
    ]);
    const [list] = await this.database.query<{ id: string }>(
      'select id from price_list where kind = $1 and name = $2 for update',
      [kind, name],
    );
    const [newest] = await this.database.query<VersionRow>(
      `select ${VERSION} from price_list_version as version where list_id = $1 order by version.version desc limit 1`,
      [list?.id],
    );
    const isSame =
      newest?.content_hash === content.hash &&
      (validFrom === undefined || new Date(newest.valid_from).getTime() === validFrom.getTime());
    if (newest && isSame) return { row: newest, isNew: false };
    // By the clock and not by the transaction's beginning, which may be before that of the version that it has waited for.
    const [row] = await this.database.query<VersionRow>(
      `insert into price_list_version as version (list_id, version, currency, content_hash, lines, valid_from, created_by)
       values ($1, $2, $3, $4, $5, coalesce($6::timestamptz, date_trunc('milliseconds', clock_timestamp())), $7) returning ${VERSION}`,
      [
        list?.id,
        (newest?.version ?? 0) + 1,
        content.currency,
        content.hash,
        content.lines.length,
        validFrom?.toISOString() ?? null,
        actor,
      ],
    );
    if (!row) throw new Error('The version was not written');
    await this.writeLines(row.id, content);
    await this.database.query(`insert into rerating (version_id) values ($1)`, [row.id]);
    return { row, isNew: true };
  }

  /** Differs once there is another version of any list. */
  async state(): Promise<string> {
    const [row] = await this.database.query<{ state: string }>(
      `select count(*)::text as state from price_list_version`,
    );
    return row?.state ?? '';
  }

  /** What the lines of all versions depend on. */
  async keys(): Promise<PriceKeys> {
    const [row] = await this.database.query<PriceKeys>(
      `select array(select distinct prefix from price_line where prefix is not null) as prefixes,
         array(select extract(epoch from since)::text from (
           select valid_from as since from price_list_version union select valid_from from price_line where valid_from is not null) as change
           order by since) as changes`,
    );
    return row ?? { prefixes: [], changes: [] };
  }

  /** The newest version of each list, by kind and name, after a list. */
  lists(after: readonly [kind: string, name: string] | undefined, limit: number): Promise<ListRow[]> {
    return this.database.query<ListRow>(
      `select list.kind, list.name, newest.*
       from price_list as list, lateral (
         select ${VERSION} from price_list_version as version
         where list_id = list.id order by version.version desc limit 1) as newest
       where ($1::text is null or (list.kind, list.name) > ($1, $2)) order by list.kind, list.name limit $3`,
      [after?.[0] ?? null, after?.[1] ?? null, limit],
    );
  }

  /** The versions of a list, newest first, below a version. */
  versions({ kind, name }: PriceListName, below: number | undefined, limit: number): Promise<VersionRow[]> {
    return this.database.query<VersionRow>(
      `select ${VERSION} from price_list_version as version join price_list as list on list.id = version.list_id
       where list.kind = $1 and list.name = $2 and ($3::int is null or version.version < $3)
       order by version.version desc limit $4`,
      [kind, name, below ?? null, limit],
    );
  }

  /** A version of a list, or the newest one. Raises PriceListNotFound. */
  async version(list: PriceListName, version?: number): Promise<VersionRow> {
    const [found] = await this.versions(list, version === undefined ? undefined : version + 1, 1);
    if (!found || (version !== undefined && found.version !== version)) throw new PriceListNotFound();
    return found;
  }

  /** A version with the name of its list. Raises an Error if there is none. */
  async versionById(id: string): Promise<ListRow> {
    const [found] = await this.database.query<ListRow>(
      `select list.kind, list.name, ${VERSION} from price_list_version as version join price_list as list on list.id = version.list_id
       where version.id = $1`,
      [id],
    );
    if (!found) throw new Error('A version that is named is found');
    return found;
  }

  /** Lines of a version after a place, in their order; all that follow if there is no limit. */
  async lines(versionId: string, after = 0, limit: number | null = null): Promise<ListedPrice[]> {
    const rows = await this.database.query<LineRow>(
      `select ${LINE} from price_line where version_id = $1 and place > $2 order by place limit $3`,
      [versionId, after, limit],
    );
    return rows.map(lineOf);
  }

  private async writeLines(versionId: string, { lines }: PriceListContent): Promise<void> {
    const rows = lines.map((line, index) => rowOf({ ...line, place: index + 1 }));
    for (let from = 0; from < rows.length; from += BATCH_SIZE) {
      await this.database.query(
        `insert into price_line (version_id, place, channel, direction, country, prefix, sender_type, category, provider, kind, unit,
           from_unit, valid_from, price_micros, carrier_fee_micros, markup_basis_points, markup_fixed_micros, included)
         select $1, * from jsonb_to_recordset($2::jsonb) as row (place int, channel text, direction text, country text, prefix text,
           sender_type text, category text, provider text, kind text, unit text, from_unit bigint, valid_from timestamptz,
           price_micros bigint, carrier_fee_micros bigint, markup_basis_points int, markup_fixed_micros bigint, included bigint)`,
        [versionId, JSON.stringify(rows.slice(from, from + BATCH_SIZE))],
      );
    }
  }
}

function rowOf({ place, senderType, fromUnit, validFrom, rate, ...scope }: ListedPrice): LineRow {
  return {
    ...scope,
    place,
    sender_type: senderType,
    kind: rate.kind,
    unit: rate.kind === 'markup' ? null : rate.unit,
    from_unit: String(fromUnit),
    valid_from: validFrom?.toISOString() ?? null,
    price_micros: rate.kind === 'price' ? String(rate.price) : null,
    carrier_fee_micros: rate.kind === 'price' ? String(rate.carrierFee) : null,
    markup_basis_points: rate.kind === 'markup' ? String(rate.basisPoints) : null,
    markup_fixed_micros: rate.kind === 'markup' ? String(rate.fixed) : null,
    included: rate.kind === 'allowance' ? String(rate.included) : null,
  };
}

function lineOf(row: LineRow): ListedPrice {
  const { place, channel, direction, country, prefix, sender_type: senderType, category, provider } = row;
  const scope = { place, channel, direction, country, prefix, senderType, category, provider };
  const dated = {
    fromUnit: Number(row.from_unit),
    validFrom: row.valid_from === null ? null : new Date(row.valid_from),
  };
  return { ...scope, ...dated, rate: rateOf(row) };
}

function rateOf({ kind, unit, ...row }: LineRow): ListedPrice['rate'] {
  const micros = (text: string | null): bigint => BigInt(text ?? 0);
  if (kind === 'markup' || unit === null) {
    return { kind: 'markup', basisPoints: micros(row.markup_basis_points), fixed: micros(row.markup_fixed_micros) };
  }
  if (kind === 'allowance') return { kind, unit, included: Number(row.included) };
  return { kind, unit, price: micros(row.price_micros), carrierFee: micros(row.carrier_fee_micros) };
}
