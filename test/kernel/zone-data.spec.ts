/** Time zones as the real PostgreSQL knows them, against this process's. */
import { MikroORM } from '@mikro-orm/postgresql';
import { databaseParts } from '../../src/app.database.js';
import { Database, differingZones } from '../../src/kernel/index.js';
import { ormOptions } from '../../src/kernel/postgres/database.module.js';
import { offsetOfIntl } from '../../src/kernel/postgres/zone-data.js';
import { emptyDatabase } from '../support/databases.js';

const DAY_MS = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const dateIn = (days: number): string => new Date(TODAY + days * DAY_MS).toISOString().slice(0, 10);

let orm: MikroORM;
let database: Database;
beforeAll(async () => {
  orm = await MikroORM.init(ormOptions(await emptyDatabase(), 2, databaseParts));
  database = new Database(orm);
});
afterAll(() => orm.close(true));

test.each([
  ['UTC', '2026-11-28T00:00:00Z', 0],
  ['Asia/Kolkata', '2026-11-28T00:00:00Z', 19_800],
  ['America/St_Johns', '2026-11-28T00:00:00Z', -12_600],
  ['Europe/Berlin', '2026-07-28T00:00:00Z', 7_200],
  ['Europe/Dublin', '1910-01-01T00:00:00Z', -1_521],
])('%s at %s is %i seconds east of Greenwich', (zone, time, seconds) => {
  expect(offsetOfIntl(zone, Date.parse(time))).toBe(seconds);
});

test('Zones that both know alike are not named, in whatever case', async () => {
  const zones = ['Europe/Berlin', 'america/new_york', 'Asia/Kolkata', 'Pacific/Auckland', 'America/St_Johns', 'UTC'];
  await expect(differingZones(database, zones)).resolves.toEqual([]);
  await expect(differingZones(database, [])).resolves.toEqual([]);
});

test.each([0, 5, 366])('A zone that they know differently from day %i on is named, with that day', async (day) => {
  const changed = (zone: string, time: number): number =>
    offsetOfIntl(zone, time) + (zone === 'Asia/Tokyo' && time >= TODAY + day * DAY_MS ? 3_600 : 0);
  await expect(differingZones(database, ['Asia/Kolkata', 'Asia/Tokyo'], changed)).resolves.toEqual([
    { zone: 'Asia/Tokyo', from: dateIn(day) },
  ]);
});

test('A zone that one of them does not know is named', async () => {
  await expect(differingZones(database, ['Asia/Tokyo', 'US/Pacific-New', 'Etc/GMT+15'])).resolves.toEqual([
    { zone: 'Etc/GMT+15' },
    { zone: 'US/Pacific-New' },
  ]);
});
