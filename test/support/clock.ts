/** The wall clock of this process, as a machine whose clock is off has it. */

/** Does some work while the clock is off by so many milliseconds. Timers are not affected. */
export async function withClockOff(ms: number, work: () => Promise<void>): Promise<void> {
  const TrueDate = Date;
  globalThis.Date = new Proxy(TrueDate, {
    construct: (target, given: ConstructorParameters<DateConstructor>, newTarget: NewableFunction) =>
      Reflect.construct(target, given.length > 0 ? given : [TrueDate.now() + ms], newTarget) as Date,
    get: (target, name) => (name === 'now' ? () => TrueDate.now() + ms : (Reflect.get(target, name) as unknown)),
  });
  try {
    await work();
  } finally {
    globalThis.Date = TrueDate;
  }
}
