/** Rows written together: each address once, with its last value. */
import type { ReadDecision } from '../../consent/index.js';
import type { FaultCode, Row } from '../../lists/index.js';
import type { AddressKind, Channel } from '../../tenants/index.js';
import { readContactRow, type ContactReading } from './contact-row.js';

/** Rows per statement: more is not faster, and less is lost when a connection breaks. */
const BATCH_SIZE = 2_000;

export interface ImportFault {
  readonly line: number;
  readonly code: FaultCode;
  readonly field: string | null;
}

export interface ImportedDecision extends ReadDecision {
  readonly line: number;
}

interface Given {
  readonly kind: AddressKind;
  readonly attributes: string;
  readonly person: string | undefined;
  readonly preferredChannel: Channel | undefined;
}

export class ImportBatch {
  readonly contacts = new Map<string, Given>();
  readonly decisions: ImportedDecision[] = [];
  readonly faults: ImportFault[] = [];
  /** Addresses repeated within the batch. */
  repeated = 0;
  private rows = 0;

  constructor(
    private readonly reading: ContactReading,
    /** The last row's line, and the checksum of all rows up to it. */
    public lines: number,
    public checksum: number,
  ) {}

  get isFull(): boolean {
    return this.rows >= BATCH_SIZE;
  }

  add(row: Row, checksum: number): void {
    const { line } = row;
    this.rows += 1;
    this.lines = line;
    this.checksum = checksum;
    const { contacts, attributes, person, preferredChannel, decisions, faults } = readContactRow(row, this.reading);
    for (const { kind, address } of contacts) this.addContact(address, { kind, attributes, person, preferredChannel });
    for (const decision of decisions) this.decisions.push({ ...decision, line });
    for (const { code, field } of faults) this.faults.push({ line, code, field });
  }

  private addContact(address: string, given: Given): void {
    const before = this.contacts.get(address);
    if (before) this.repeated += 1;
    this.contacts.set(address, before ? updated(before, given) : given);
  }
}

/** A row without attributes removes none, and one that does not say whose the address is leaves it whose it was. */
function updated(before: Given, given: Given): Given {
  const { attributes, preferredChannel } = given.attributes === '{}' ? before : given;
  return { kind: given.kind, attributes, preferredChannel, person: given.person ?? before.person };
}
