/**
 * A wall clock that can be stepped. A process loads this file with `--import` and `?file=`, which names a file with the clock's offset
 * in milliseconds. Monotonic time (`performance`, timers) is not affected, as on a real machine.
 */
import { readFileSync } from 'node:fs';

const LOOK_MS = 200;

const file = new URL(import.meta.url).searchParams.get('file');
const TrueDate = Date;
let offset = 0;

function look(): void {
  offset = file === null ? 0 : Number(readFileSync(file, 'utf8'));
}

look();
setInterval(look, LOOK_MS).unref();

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, given: ConstructorParameters<DateConstructor>, newTarget: NewableFunction) =>
    Reflect.construct(target, given.length > 0 ? given : [TrueDate.now() + offset], newTarget) as Date,
  apply: () => new TrueDate(TrueDate.now() + offset).toString(),
  get: (target, name) => (name === 'now' ? () => TrueDate.now() + offset : (Reflect.get(target, name) as unknown)),
});
