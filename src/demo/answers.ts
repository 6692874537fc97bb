/** The parts of the API's responses that the demo reads. */

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface Created {
  readonly id: string;
}

export interface Preview {
  readonly body: string;
  readonly sms: { readonly encoding: string; readonly segments: number; readonly nonGsm: readonly string[] };
}

export interface Imported {
  readonly imported: number;
  readonly errors: readonly { readonly detail: string }[];
}

export interface Message {
  readonly id: string;
  readonly status: string;
  /** Why it ended or waits, as a stable code. */
  readonly reason: string | null;
  /** The same as a sentence. */
  readonly explanation: string | null;
  readonly channel: 'email' | 'sms';
  readonly category: 'transactional' | 'marketing';
  readonly to: string;
  readonly settledAt: string | null;
}

export interface MessageWithEvents extends Message {
  readonly events: readonly { readonly kind: string; readonly at: string; readonly source: string }[];
}

export interface Counts {
  readonly messages: number;
  readonly segments: number;
  readonly delivered: number;
  readonly failed: number;
  readonly stopped: number;
}

export interface Usage {
  readonly month: string;
  readonly timezone: string;
  readonly total: Counts;
  readonly lines: readonly (Counts & { readonly channel: string; readonly category: string })[];
}

/** A message that a sandbox provider accepted. */
export interface SandboxMessage {
  readonly channel: string;
  readonly messageId: string;
  readonly segments?: number;
  readonly status: string;
}

export interface ImportedContacts {
  readonly inserted: number;
  readonly rejected: number;
}

export interface Estimate {
  readonly audience: number;
  readonly recipients: number;
  readonly excludedBy: Readonly<Record<string, number>>;
}

export interface Campaign {
  readonly status: string;
  readonly progress: {
    readonly audience: number;
    readonly excluded: number;
    readonly messages: number;
    readonly remaining: number;
  };
}
