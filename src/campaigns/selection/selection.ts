/** Whom a campaign is for: the members of a segment, or everybody, without those whom campaigns have written to lately. */
import type { ContactsAsked, Membership } from '../../audiences/index.js';
import { writtenByCampaigns } from '../../ledger/index.js';
import type { AllowedCountries } from '../../tenants/index.js';

/** Who is left out by the frequency cap. */
interface Cap {
  readonly tenantId: string;
  readonly since: Date;
}

/** SQL for one statement, and its parameters. */
export interface SelectionSql {
  /** A condition on a relation named `contact`. */
  readonly members: string;
  /** A condition on an address, which is an expression; `false` without a cap. */
  readonly isWritten: (address: string) => string;
  /** Numbers of other countries are left out. */
  readonly allowedCountries: AllowedCountries;
  readonly values: readonly unknown[];
}

export class Selection implements ContactsAsked {
  constructor(
    readonly audienceId: string,
    readonly members: Membership,
    private readonly cap: Cap | undefined,
    private readonly allowedCountries: AllowedCountries,
  ) {}

  /** Those of them of whom this holds as well: SQL about `contact`. */
  within(condition: string): Selection {
    const members: Membership = (first) => {
      const { sql, values } = this.members(first);
      return { sql: `${sql} and ${condition}`, values };
    };
    return new Selection(this.audienceId, members, this.cap, this.allowedCountries);
  }

  /** With parameters from `first` on. */
  sql(first: number): SelectionSql {
    const { sql: members, values } = this.members(first);
    const { cap, allowedCountries } = this;
    if (!cap) return { members, isWritten: () => 'false', allowedCountries, values };
    const place = first + values.length;
    const [tenant, since] = [`$${place}::uuid`, `$${place + 1}::timestamptz`];
    const isWritten = (address: string): string => writtenByCampaigns({ address, tenant, since });
    return { members, isWritten, allowedCountries, values: [...values, cap.tenantId, cap.since] };
  }
}
