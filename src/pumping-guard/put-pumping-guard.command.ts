/** Says how a tenant is guarded against SMS pumping, and who is told. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorOf, AdminKeyRequired, Audit, Database, type Principal } from '../kernel/index.js';
import { TargetChecks, type NoticeTargets } from '../notices/index.js';
import { AlarmRegister } from './alarm-register.js';
import { Guards } from './guards.js';
import type { PutPumpingGuardBody } from './pumping-guard.dto.js';

export class PutPumpingGuard extends Command<void> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly body: PutPumpingGuardBody,
  ) {
    super();
  }
}

const NOBODY: NoticeTargets = { emails: [], url: null, language: 'en' };

@CommandHandler(PutPumpingGuard)
export class PutPumpingGuardHandler implements ICommandHandler<PutPumpingGuard> {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly targets: TargetChecks,
    private readonly guards: Guards,
    private readonly register: AlarmRegister,
  ) {}

  /**
   * Open alarms follow the mode at once. Raises AdminKeyRequired for another mode than the admin key has put, and what `TargetChecks` raises. The admin key's null
   * gives the choice back to the tenant.
   */
  async execute({ caller, tenantId, body: { mode, notify } }: PutPumpingGuard): Promise<void> {
    const targets = notify ? await this.targets.checked(tenantId, notify, 'notify') : NOBODY;
    const isAdmin = caller.kind !== 'tenant';
    await this.database.transaction(async () => {
      const known = await this.guards.lock(tenantId);
      if (known.byAdmin && !isAdmin && mode !== known.ownMode) throw new AdminKeyRequired();
      const byAdmin = isAdmin ? mode !== null : known.byAdmin;
      await this.guards.put(tenantId, { ownMode: mode, byAdmin, targets });
      await this.register.follow(await this.guards.of(tenantId), actorOf(caller));
      const told = { emails: targets.emails.length, url: targets.url !== null };
      await this.audit.record(caller, 'pumping_guard.put', { mode, told }, { tenantId });
    });
  }
}
