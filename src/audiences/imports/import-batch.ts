/** Rows written together: each address once, with its last value. */
import type { AddressField, FaultCode, GivenAddress, Row } from '../../lists/index.js';
import { InvalidAddress, type AddressFault, type AddressKind } from '../../tenants/index.js';
import { contactAddress, kindOf } from '../contact-address.js';

/** Rows per statement: more is not faster, and less is lost when a connection breaks. */
const BATCH_SIZE = 2_000;

const CODE_OF: Readonly<Record<AddressFault, FaultCode>> = {
  no_address: 'invalid_address',
  rounded: 'rounded_number',
  ambiguous: 'ambiguous_address',
};

export interface ImportFault {
  readonly line: number;
  readonly code: FaultCode;
  readonly field: AddressField | null;
}

interface Given {
  readonly kind: AddressKind;
  readonly attributes: string;
}

export class ImportBatch {
  readonly contacts = new Map<string, Given>();
  readonly faults: ImportFault[] = [];
  /** Addresses repeated within the batch. */
  repeated = 0;
  private rows = 0;

  constructor(
    private readonly country: string | null,
    /** The last row's line, and the checksum of all rows up to it. */
    public lines: number,
    public checksum: number,
  ) {}

  get isFull(): boolean {
    return this.rows >= BATCH_SIZE;
  }

  add({ line, content }: Row, checksum: number): void {
    this.rows += 1;
    this.lines = line;
    this.checksum = checksum;
    if (typeof content === 'string') this.faults.push({ line, code: content, field: null });
    else if (content.addresses.length === 0) this.faults.push({ line, code: 'no_address', field: null });
    else for (const given of content.addresses) this.addAddress(line, given, content.attributes);
  }

  private addAddress(line: number, { field, text = '' }: GivenAddress, attributes: string): void {
    try {
      const told = field === 'email' || field === 'phone' ? field : kindOf(text);
      const { kind, address } = contactAddress(told, text, this.country);
      const before = this.contacts.get(address);
      if (before) this.repeated += 1;
      // A row without attributes removes none.
      this.contacts.set(address, { kind, attributes: before && attributes === '{}' ? before.attributes : attributes });
    } catch (error) {
      if (!(error instanceof InvalidAddress)) throw error;
      this.faults.push({ line, code: CODE_OF[error.fault], field });
    }
  }
}
