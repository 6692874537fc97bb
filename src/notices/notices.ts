/** Writes notices: what Callboard itself tells the people who run it, or who pay. */
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import type { Language, Letters } from './letter.js';
import { NoticeStore, type TargetRow } from './notice-store.js';
import { NOTICES, type NoticesSettings } from './notices-config.js';

/** Whom a tenant wants to be told. Addresses are normalised. */
export interface NoticeTargets {
  readonly emails: readonly string[];
  readonly url: string | null;
  /** Of the emails. */
  readonly language: Language;
}

export interface NewNotice {
  /** A stable code of the form `noun.verb`: what receivers tell notices apart by. */
  readonly kind: string;
  /** What it is about, such as an id and a month: there is one notice of a kind and a subject. */
  readonly subject: string;
  /** Null: about no single tenant. */
  readonly tenantId: string | null;
  /** The `data` of what is posted: no address of a person. */
  readonly payload: object;
  readonly letters: Letters;
  readonly targets: NoticeTargets;
  /** The operator's own targets get it too. */
  readonly toOperator: boolean;
}

/** People who run the platform are written to in this. */
const OPERATORS_LANGUAGE: Language = 'en';

@Injectable()
export class Notices {
  constructor(
    @Inject(NOTICES) private readonly settings: NoticesSettings,
    private readonly database: Database,
    private readonly store: NoticeStore,
  ) {}

  /**
   * In the caller's transaction: what it tells of and the notice are both written, or neither. It is delivered soon after, at least once to each
   * target. Answers its id, and undefined for one that was written before.
   */
  write({ targets, toOperator, ...notice }: NewNotice): Promise<string | undefined> {
    return this.database.transaction(async () => {
      const id = await this.store.insert(notice);
      if (id !== undefined) await this.store.address(id, [...own(targets), ...(toOperator ? this.operators() : [])]);
      return id;
    });
  }

  private operators(): TargetRow[] {
    const { url, emails } = this.settings;
    return rowsOf({ url: url ?? null, emails, language: OPERATORS_LANGUAGE }, true);
  }
}

const own = (targets: NoticeTargets): TargetRow[] => rowsOf(targets, false);

const rowsOf = ({ url, emails, language }: NoticeTargets, toOperator: boolean): TargetRow[] => [
  ...(url === null ? [] : [{ channel: 'url' as const, address: url, language, toOperator }]),
  ...emails.map((address) => ({ channel: 'email' as const, address, language, toOperator })),
];
