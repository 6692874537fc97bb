/** The steps of a number from an order to its venue, and back to the provider. Each can be repeated after a crash at any point. */
import { Injectable, Logger } from '@nestjs/common';
import { DomainError, errorLine, instant } from '../kernel/index.js';
import { RequestFault, type OwnedNumber } from '../providers/index.js';
import { NumberDesks, type TenantsDesk } from './number-desks.js';
import { NumberAssignment } from './number-assignment.js';
import {
  backoffMs,
  BETWEEN_LOOKS_MS,
  isExpired,
  MOST_LOOKS,
  MOST_TAKEN,
  type NumberFaultWord,
} from './number.rules.js';
import type { LeasedNumber } from './number-row.js';
import { NumberReader } from './number-reader.js';
import { LeaseLost, PhoneNumbers } from './phone-numbers.js';

const SEARCHED = 20;
/** From this attempt to give back a number on, somebody should know. */
const LOUD_ATTEMPTS = 5;

/** There will be no number. */
class Abandoned extends Error {
  constructor(
    readonly fault: NumberFaultWord,
    readonly code: string | null = null,
  ) {
    super(fault);
  }
}

@Injectable()
export class NumberSteps {
  private readonly logger = new Logger('Numbers');

  constructor(
    private readonly desks: NumberDesks,
    private readonly numbers: PhoneNumbers,
    private readonly reader: NumberReader,
    private readonly assignment: NumberAssignment,
  ) {}

  /** Takes all steps that can be taken now. Faults of the provider put it off. */
  async advance(number: LeasedNumber): Promise<void> {
    try {
      await (number.status === 'ordered' ? this.obtain(number) : this.giveBack(number));
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
    }
  }

  private async obtain(number: LeasedNumber): Promise<void> {
    let held = number;
    try {
      if (isExpired(instant(held.created_at), Date.now())) throw new Abandoned('unanswered', held.fault_code);
      const desk = await this.deskOf(held);
      while (held.provider_id === null) {
        if (held.address === null) held = await this.choose(desk, held);
        held = await (held.bought ? this.rent(desk, held) : this.recognise(desk, held));
      }
      if (held.pool !== null) await desk.desk.addToPool?.(desk.account, held.pool, held.provider_id);
      await this.assignment.assign(held);
      this.logger.log({ msg: 'number active', numberId: held.id, tenantId: held.tenant_id, venueId: held.venue_id });
    } catch (error) {
      await this.afterFault(await this.numbers.reload(held), error);
    }
  }

  /** Picks one that is for sale, and writes it down before it is asked for. */
  private async choose({ desk, account }: TenantsDesk, held: LeasedNumber): Promise<LeasedNumber> {
    if (held.search === null || held.tried.length >= MOST_TAKEN) throw new Abandoned('none_available');
    const found = await desk.search(account, { ...held.search, channels: held.channels, limit: SEARCHED });
    for (const { address } of found) {
      if (held.tried.includes(address) || (await this.reader.isHeld(account.id, address))) continue;
      return this.numbers.step(held, { address });
    }
    throw new Abandoned('none_available');
  }

  /**
   * Rents the chosen number, once: a purchase that may have been made shows in the account. That the account did not have it before is
   * looked up first, so that a number of somebody else's there is never taken for ours.
   */
  private async rent(where: TenantsDesk, held: LeasedNumber): Promise<LeasedNumber> {
    const address = addressOf(held);
    const before = await where.desk.find(where.account, address);
    if (isOurs(before, held)) return this.recovered(where, held, before);
    if (before) return this.passOver(held, null);
    const asking = held.asked ? await this.numbers.reload(held) : await this.numbers.step(held, { asked: true });
    try {
      return await this.rented(asking, await where.desk.buy(where.account, address, labelOf(held)));
    } catch (error) {
      if (!(error instanceof RequestFault)) throw error;
      // Surely not bought, unless an earlier call was never answered.
      if (error.kind === 'refused' && !held.asked) await this.numbers.step(asking, { asked: false });
      if (error.kind !== 'taken') throw error;
      // By us, in a call whose answer was lost?
      const owned = await where.desk.find(where.account, address);
      if (isOurs(owned, held)) return this.recovered(where, asking, owned);
      // Or it does not show yet.
      if (!owned && held.asked && held.attempts < MOST_LOOKS) throw new RequestFault('unknown', error.code);
      return this.passOver(asking, error.code);
    }
  }

  /** A purchase whose answer was lost may have been cut off before it was named. */
  private async recovered(
    { desk, account }: TenantsDesk,
    held: LeasedNumber,
    owned: OwnedNumber,
  ): Promise<LeasedNumber> {
    if (owned.label === '') await desk.wire(account, owned.providerId, labelOf(held));
    return this.rented(held, owned);
  }

  /** It is somebody else's: the next one, unless the order names it. */
  private async passOver(held: LeasedNumber, code: string | null): Promise<LeasedNumber> {
    if (held.search === null) {
      await this.numbers.step(held, { asked: false });
      throw new Abandoned('taken', code);
    }
    return this.numbers.step(held, { asked: false, address: null, tried: [...held.tried, addressOf(held)] });
  }

  private async rented(held: LeasedNumber, { providerId, channels }: OwnedNumber): Promise<LeasedNumber> {
    const rented = await this.numbers.step(held, { provider_id: providerId });
    if (!held.channels.every((channel) => channels.includes(channel))) throw new Abandoned('unfit', 'capabilities');
    return rented;
  }

  /** Takes over a number that the account has. */
  private async recognise({ desk, account }: TenantsDesk, held: LeasedNumber): Promise<LeasedNumber> {
    const owned = await desk.find(account, addressOf(held));
    if (!owned) throw new Abandoned('not_owned');
    if (!owned.wired) await desk.wire(account, owned.providerId);
    return this.rented(held, owned);
  }

  private async afterFault(held: LeasedNumber, error: unknown): Promise<void> {
    if (error instanceof LeaseLost) throw error;
    if (error instanceof Abandoned) return this.abandon(held, error);
    if (error instanceof DomainError) return this.abandon(held, new Abandoned('unfit', error.code));
    if (error instanceof RequestFault && error.kind === 'refused')
      return this.abandon(held, new Abandoned('refused', error.code));
    this.logger.warn(`A number is put off: ${errorLine(error)}`);
    const code = error instanceof RequestFault ? error.code : null;
    await this.numbers.putOff(held, backoffMs(held.attempts), { fault_code: code });
  }

  /** What is rented, or may be, is given back. */
  private async abandon(held: LeasedNumber, { fault, code }: Abandoned): Promise<void> {
    this.logger.warn({ msg: `number abandoned: ${fault} ${code ?? ''}`.trim(), numberId: held.id });
    await this.giveBack(await this.numbers.step(held, { status: 'returning', fault, fault_code: code }));
  }

  private async giveBack(number: LeasedNumber): Promise<void> {
    let held = number;
    try {
      if (held.status !== 'returning') held = await this.numbers.step(held, { status: 'returning' });
      const last = held.assigned_at === null ? 'failed' : 'released';
      if (!held.bought || (held.provider_id === null && !held.asked)) {
        await this.numbers.settle(held, { status: last });
        return;
      }
      const where = await this.deskOf(held);
      const providerId = held.provider_id ?? (await this.lookFor(where, held));
      if (providerId === undefined && held.attempts < MOST_LOOKS) {
        await this.numbers.putOff(held, BETWEEN_LOOKS_MS);
        return;
      }
      if (providerId !== undefined) await where.desk.release(where.account, providerId);
      await this.numbers.settle(held, {
        status: last,
        asked: false,
        ...(providerId !== undefined && { provider_id: providerId, returned_at: new Date().toISOString() }),
      });
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      const loud = held.attempts >= LOUD_ATTEMPTS ? 'error' : 'warn';
      this.logger[loud](`Number ${held.id}, which costs money, could not be given back: ${errorLine(error)}`);
      await this.numbers.putOff(held, backoffMs(held.attempts));
    }
  }

  /** A number that was perhaps rented to us. */
  private async lookFor({ desk, account }: TenantsDesk, held: LeasedNumber): Promise<string | undefined> {
    const owned = await desk.find(account, addressOf(held));
    return isOurs(owned, held) ? owned.providerId : undefined;
  }

  private deskOf({ provider, provider_account_id: accountId }: LeasedNumber): Promise<TenantsDesk> {
    return this.desks.at(provider, accountId);
  }
}

/** What the provider shows of it. */
const labelOf = ({ id }: LeasedNumber): string => `callboard ${id}`;
/** By its label; or because it came after we had asked for it, posts to us, and has no name yet. */
const isOurs = (owned: OwnedNumber | undefined, held: LeasedNumber): owned is OwnedNumber =>
  owned?.label === labelOf(held) || (held.asked && owned?.label === '' && owned.wired);

function addressOf({ address }: LeasedNumber): string {
  if (address === null) throw new Error('the number is chosen before');
  return address;
}
