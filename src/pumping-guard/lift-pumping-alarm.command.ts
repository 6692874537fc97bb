/** Ends an alarm by somebody's decision. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { PumpingAlarms } from '../consent/index.js';
import { actorOf, Database, type Principal } from '../kernel/index.js';
import { AlarmRegister } from './alarm-register.js';
import { alarmView, type PumpingAlarmView } from './pumping-guard.dto.js';
import { PumpingAlarmNotFound, PumpingAlarmOver } from './pumping-guard.errors.js';

export class LiftPumpingAlarm extends Command<PumpingAlarmView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly id: string,
    readonly note: string | null,
  ) {
    super();
  }
}

@CommandHandler(LiftPumpingAlarm)
export class LiftPumpingAlarmHandler implements ICommandHandler<LiftPumpingAlarm> {
  constructor(
    private readonly database: Database,
    private readonly alarms: PumpingAlarms,
    private readonly register: AlarmRegister,
  ) {}

  /** Counting begins anew. Raises PumpingAlarmNotFound and PumpingAlarmOver. */
  execute({ caller, tenantId, id, note }: LiftPumpingAlarm): Promise<PumpingAlarmView> {
    return this.database.transaction(async () => {
      const [known] = await this.alarms.page({ tenantId, id }, 1);
      if (!known) throw new PumpingAlarmNotFound();
      const ended = await this.register.end(id, actorOf(caller), note);
      if (!ended) throw new PumpingAlarmOver();
      return alarmView(ended);
    });
  }
}
