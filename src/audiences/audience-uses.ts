/** Who uses audiences: modules above register here, and an audience in use is not deleted. */
import { Injectable } from '@nestjs/common';

/** Whether an audience is in use; called in the deleting transaction, which has locked it. */
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
