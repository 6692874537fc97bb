/** Who uses audiences: the modules above say so, and what is in use is not deleted. */
import { Injectable } from '@nestjs/common';

/** Whether an audience is in use; asked in the transaction that would delete it, which has locked it. */
type IsInUse = (audienceId: string) => Promise<boolean>;

@Injectable()
export class AudienceUses {
  private readonly uses: IsInUse[] = [];

  add(isInUse: IsInUse): void {
    this.uses.push(isInUse);
  }

  async isAny(audienceId: string): Promise<boolean> {
    for (const isInUse of this.uses) if (await isInUse(audienceId)) return true;
    return false;
  }
}
