/** The answers that repeated requests get. */
import { Injectable } from '@nestjs/common';
import { KeyRing } from '../config/key-ring.js';
import { Database } from '../postgres/database.js';

interface Answer {
  readonly key: string;
  readonly answer: string;
}

const BATCH = 500;

@Injectable()
export class IdempotencyAnswers {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
  ) {}

  /** Changes the text of those that match, of all that an owner has. `found` has the flag `g`. Answers how many it changed. */
  async replace(owner: string, found: RegExp, word: string): Promise<number> {
    let changed = 0;
    for (let after = ''; ;) {
      const rows = await this.database.query<Answer>(
        `select key, answer from idempotency_key where owner = $1 and key > $2 and answer <> '' order by key limit $3`,
        [owner, after, BATCH],
      );
      for (const row of rows) changed += (await this.replaceIn(owner, row, found, word)) ? 1 : 0;
      const last = rows.at(-1);
      if (!last || rows.length < BATCH) return changed;
      after = last.key;
    }
  }

  private async replaceIn(owner: string, { key, answer }: Answer, found: RegExp, word: string): Promise<boolean> {
    const context = `idempotency:${owner}:${key}`;
    const text = this.keys.decrypt(answer, context);
    const replaced = text.replaceAll(found, word);
    if (replaced === text) return false;
    await this.database.query(`update idempotency_key set answer = $3 where owner = $1 and key = $2`, [
      owner,
      key,
      this.keys.encrypt(replaced, context),
    ]);
    return true;
  }
}
