/** Who uses audiences: modules above register here, and what is in use is not deleted. */
import { Injectable } from '@nestjs/common';

/** What somebody may use: an audience, or a segment of one. */
export interface Used {
  readonly kind: 'audience' | 'segment';
  readonly id: string;
}

/** Whether it is in use; called in the deleting transaction, which has locked it. */
type IsInUse = (used: Used) => Promise<boolean>;

@Injectable()
export class AudienceUses {
  private readonly uses: IsInUse[] = [];

  add(isInUse: IsInUse): void {
    this.uses.push(isInUse);
  }

  async isAny(used: Used): Promise<boolean> {
    for (const isInUse of this.uses) if (await isInUse(used)) return true;
    return false;
  }
}
