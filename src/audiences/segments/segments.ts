/** Reads the rules of segments, and asks which contacts are in them. */
import { Injectable } from '@nestjs/common';
import { Database, lookingUp } from '../../kernel/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import type { AudienceCounts } from '../audience.dto.js';
import type { ContactView } from '../contacts.dto.js';
import { CONTACT_COLUMNS, contactView } from '../contacts.query.js';
import { readRule } from './rule-reader.js';
import { inVenues, type Rule } from './rule.js';
import { EVERYBODY, sqlOf, type Membership } from './rule.sql.js';

@Injectable()
export class Segments {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
  ) {}

  /** Raises InvalidSegmentRule, and VenueNotFound for a venue that is not the tenant's. */
  read(tenantId: string, rule: unknown): Promise<Rule> {
    return inVenues(readRule(rule), (named) => lookingUp('rule', this.directory.venueOf(tenantId, named)));
  }

  /** Who is in a segment of this rule as days are counted back from `at`; everybody for none. Raises what `read` raises. */
  async members(tenantId: string, rule: object | null, at: Date): Promise<Membership> {
    if (rule === null) return EVERYBODY;
    const read = await this.read(tenantId, rule);
    return (first) => sqlOf(read, { tenantId, at }, first);
  }

  /** How many contacts of an audience are in it now. Reads all of them. */
  async count(tenantId: string, audienceId: string, rule: Rule): Promise<AudienceCounts> {
    const { sql, values } = sqlOf(rule, { tenantId, at: new Date() }, 2);
    const [counts] = await this.database.query<{ email: number; phone: number }>(
      `select count(*) filter (where kind = 'email')::int as email, count(*) filter (where kind = 'phone')::int as phone
       from contact where audience_id = $1 and ${sql}`,
      [audienceId, ...values],
    );
    return counts ?? { email: 0, phone: 0 };
  }

  /**
   * The first up to `size` of them, by kind and address. Reads contacts in this order until it has them, or where it `isRare` that one is in
   * the segment, all of them at once.
   */
  async first(
    { tenantId, audienceId, rule }: { readonly tenantId: string; readonly audienceId: string; readonly rule: Rule },
    { size, isRare }: { readonly size: number; readonly isRare: boolean },
  ): Promise<ContactView[]> {
    const { sql, values } = sqlOf(rule, { tenantId, at: new Date() }, 3);
    const found = `select * from contact where audience_id = $1 and ${sql}`;
    const rows = await this.database.query<ContactView>(
      `with found as ${isRare ? 'materialized' : 'not materialized'} (${found})
       select ${CONTACT_COLUMNS} from found order by kind, address limit $2`,
      [audienceId, size, ...values],
    );
    return rows.map(contactView);
  }
}
