/** Tells people of alarms. */
import { Injectable } from '@nestjs/common';
import type { AlarmRow } from '../consent/index.js';
import { Notices, type Letters } from '../notices/index.js';
import type { Guard } from './guards.js';
import { alarmPayload, endLetter, suspicionLetter } from './pumping-letters.js';

@Injectable()
export class PumpingNotices {
  constructor(private readonly notices: Notices) {}

  /** In the caller's transaction. */
  suspected(alarm: AlarmRow, guard: Guard): Promise<void> {
    const { tenantName: name } = guard;
    const letters = { en: suspicionLetter(alarm, name, 'en'), de: suspicionLetter(alarm, name, 'de') };
    return this.write('pumping.suspected', alarm, guard, letters);
  }

  /** In the caller's transaction. */
  ended(alarm: AlarmRow, guard: Guard): Promise<void> {
    const { tenantName: name } = guard;
    return this.write('pumping.ended', alarm, guard, {
      en: endLetter(alarm, name, 'en'),
      de: endLetter(alarm, name, 'de'),
    });
  }

  private async write(kind: string, alarm: AlarmRow, guard: Guard, letters: Letters): Promise<void> {
    const { id: subject, tenantId } = alarm;
    const payload = alarmPayload(alarm, guard.tenantName);
    await this.notices.write({ kind, subject, tenantId, payload, letters, targets: guard.targets, toOperator: true });
  }
}
