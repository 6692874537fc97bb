/** Who uses files: modules above register here, and a file in use is not purged. */
import { Injectable } from '@nestjs/common';

@Injectable()
export class FileUses {
  private readonly uses: string[] = [];

  /** `condition`: SQL about the columns of `file`, true of those in use. */
  add(condition: string): void {
    this.uses.push(condition);
  }

  /** SQL, true of a file in use. */
  get isAny(): string {
    return ['false', ...this.uses.map((use) => `coalesce(${use}, false)`)].join(' or ');
  }
}
