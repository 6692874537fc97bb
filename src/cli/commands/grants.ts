/** `grants`: what roles of the database may do. They need the database itself, and no service. */
import { isUuid, type GrantedRole, type Grantees } from '../../kernel/index.js';
import { printDone, printRows, type Column } from '../answers.js';
import { command, UsageError, type CliCommand } from '../command-line.js';
import type { CliContext } from '../context.js';
import { requireMigrated, withDatabase } from '../database.js';

const SHOWN = 3;

const COLUMNS: readonly Column<GrantedRole>[] = [
  { title: 'ROLE', of: ({ role }) => role },
  { title: 'OF', of: ({ of }) => of },
  { title: 'TENANT', of: ({ of, tenantId }) => tenantId ?? (of === 'reports' ? 'all' : null) },
  { title: 'LACKS', isText: true, of: ({ lacks }) => lackOf(lacks) },
];

const JSON_RESULT = { json: { type: 'boolean', meaning: 'the result as JSON' } } as const;

const LIST = command({
  name: 'grants list',
  summary: 'lists the roles that may run the service or read the reports, and what they lack of it',
  details:
    'It looks at DATABASE_URL. The exit code is 1 if a role lacks something: the owner of the tables then migrates, or grants it again. --json prints a list of {"role", "of", "tenantId", "lacks"}.',
  options: JSON_RESULT,
  examples: ['grants list'],
  async run({ json }, context) {
    const roles = await withDatabase(context, (opened) => opened.grantedRoles());
    if (json) context.say(JSON.stringify(roles, null, 2));
    else printRows(context, roles, COLUMNS);
    return roles.some(({ lacks }) => lacks.length > 0) ? 1 : 0;
  },
});

const SERVICE = command({
  name: 'grants service',
  summary: 'lets the service run as a role, with what it needs and no more',
  details:
    'As `npm run migrate -- --grant-to`, and without migrating: DATABASE_URL is that of the owner of the tables. What else the role was granted on them is taken back.',
  arguments: { role: 'a role of the database that may log in' },
  options: JSON_RESULT,
  examples: ['grants service $SERVICE_ROLE'],
  run: ({ role, json }, context) =>
    grant(context, { service: role }, json, `The role ${role} may do what the service needs, and no more.`),
});

const REPORTS = command({
  name: 'grants reports',
  summary: 'lets a role read the reports, of all tenants or of one, and no more',
  details:
    'As `npm run migrate -- --grant-views-to`, and without migrating: DATABASE_URL is that of the owner of the tables.',
  arguments: { role: 'a role of the database that may log in' },
  options: {
    tenant: { type: 'string', value: 'id', meaning: 'the id of the tenant whose reports it reads; by default all' },
    ...JSON_RESULT,
  },
  examples: ['grants reports $READER_ROLE', 'grants reports $READER_ROLE --tenant $TENANT'],
  run({ role, tenant, json }, context) {
    if (tenant !== undefined && !isUuid(tenant)) throw new UsageError('--tenant is the id of a tenant.');
    const reports = tenant === undefined ? 'the reports of all tenants' : `the reports of the tenant ${tenant}`;
    return grant(
      context,
      { reader: { role, tenantId: tenant } },
      json,
      `The role ${role} may read ${reports}, and no more.`,
    );
  },
});

async function grant(context: CliContext, grantees: Grantees, json: boolean, sentence: string): Promise<number> {
  const roles = await withDatabase(context, async (opened) => {
    await requireMigrated(opened);
    await opened.grant(grantees);
    return opened.grantedRoles();
  });
  return printDone(context, roles, json, sentence);
}

function lackOf(lacks: readonly string[]): string {
  const more = lacks.length > SHOWN ? ` and ${lacks.length - SHOWN} more` : '';
  return `${lacks.slice(0, SHOWN).join(', ')}${more}`;
}

export const GRANTS: readonly CliCommand[] = [LIST, SERVICE, REPORTS];
