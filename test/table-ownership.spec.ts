/** Who may name which table in SQL: its owner alone. Everyone else uses the functions and relations that the owner exports. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');

/** Folders under src whose statements may name a table. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  deployment: ['kernel'],
  idempotency_key: ['kernel'],
  request_count: ['kernel'],
  schedule: ['kernel'],
  process: ['kernel'],
  schema_migration: ['kernel'],
  audit_event: ['kernel'],
  audit_chain: ['kernel'],
  view_reader: ['kernel'],
  tenant: ['tenants'],
  quiet_hours_change: ['tenants'],
  tenant_region: ['tenants'],
  venue: ['tenants'],
  wrong_key: ['tenants'],
  api_key: ['tenants'],
  provider_account: ['tenants'],
  account_health: ['tenants'],
  sender: ['tenants'],
  console_user: ['users'],
  user_session: ['users'],
  consent: ['consent'],
  consent_event: ['consent'],
  recipient_language: ['consent'],
  suppression: ['consent'],
  address_report: ['consent'],
  dead_address: ['consent'],
  pumping_alarm: ['consent'],
  pumping_event: ['consent'],
  allowed_range: ['consent'],
  range_volume: ['pumping-guard'],
  pumping_guard: ['pumping-guard'],
  sender_pause: ['consent'],
  sender_volume: ['sender-health'],
  sender_watch: ['sender-health'],
  keyword_message: ['consent'],
  number_opt_out: ['consent'],
  whatsapp_user: ['consent'],
  number_opt_out_event: ['consent'],
  template: ['templates'],
  template_version: ['templates'],
  branding: ['templates'],
  template_part: ['templates'],
  template_data_set: ['templates'],
  template_part_version: ['templates'],
  content_approval: ['templates'],
  phone_number: ['numbers'],
  file: ['files'],
  file_content: ['files'],
  audience: ['audiences'],
  contact: ['audiences'],
  audience_import: ['audiences'],
  audience_import_error: ['audiences'],
  segment: ['audiences'],
  message: ['ledger'],
  message_event: ['ledger'],
  received_message: ['ledger'],
  voice_call: ['ledger'],
  pending: ['ledger'],
  doubt: ['ledger'],
  event_cursor: ['ledger'],
  campaign_tally: ['ledger'],
  // Messages wait by lane and by campaign: a claim locks both rows and charges them, in one statement.
  lane: ['dispatch/lanes', 'dispatch/drain', 'ledger'],
  campaign_flow: ['dispatch/lanes', 'ledger'],
  open_call: ['dispatch/drain'],
  conversation: ['dispatch/drain'],
  venue_conversation: ['conversations'],
  received_text: ['conversations'],
  received_media: ['conversations'],
  auto_reply: ['conversations'],
  auto_reply_due: ['conversations'],
  forward: ['conversations'],
  forward_item: ['conversations'],
  fallback_due: ['dispatch/messages'],
  late_retry: ['dispatch/retries'],
  campaign: ['campaigns'],
  campaign_approval: ['campaigns'],
  campaign_channel: ['campaigns'],
  campaign_chunk: ['campaigns'],
  campaign_exclusion: ['campaigns'],
  campaign_variant: ['campaigns'],
  campaign_test: ['campaigns'],
  inbound_event: ['automations'],
  pending_event: ['automations'],
  event_dead_letter: ['automations'],
  event_link: ['automations'],
  automation: ['automations'],
  automation_version: ['automations'],
  automation_claim: ['automations'],
  automation_run: ['automations'],
  automation_offer: ['automations'],
  escalation: ['voice'],
  escalation_attempt: ['voice'],
  link: ['links'],
  short_link: ['links'],
  link_click: ['links'],
  link_domain: ['links'],
  inbox: ['webhooks'],
  status_poll: ['webhooks'],
  price_sweep: ['webhooks'],
  usage_scope: ['billing'],
  usage_rollup: ['billing'],
  billing_basis: ['billing'],
  billing_amount: ['billing'],
  billing_units: ['billing'],
  billing_close: ['billing'],
  amount_rollup: ['billing'],
  rerating: ['billing'],
  statement: ['billing'],
  statement_line: ['billing'],
  credit_note: ['billing'],
  number_month: ['billing'],
  tenant_timezone: ['tenants'],
  failure_rollup: ['reports'],
  latency_rollup: ['reports'],
  report_schedule: ['reports'],
  notice: ['notices'],
  notice_delivery: ['notices'],
  notice_secret: ['notices'],
  consent_follower: ['consent'],
  consent_news: ['consent'],
  exempt_message: ['consent'],
  kept_decision: ['consent'],
  erasure: ['privacy'],
  retention_walk: ['privacy'],
  retention_left: ['privacy'],
  person_export: ['privacy'],
  keyword_answer: ['webhooks'],
  opt_in_request: ['opt-ins'],
  webhook_endpoint: ['outbound'],
  webhook_secret: ['outbound'],
  webhook_delivery: ['outbound'],
  webhook_replay: ['outbound'],
  alert: ['alerts'],
  alert_silence: ['alerts'],
  alert_count: ['alerts'],
  budget: ['billing'],
  daily_cap: ['billing'],
  budget_use: ['billing'],
  budget_reserving: ['billing'],
  budget_warning: ['billing'],
  budget_reservation: ['billing'],
  price_list: ['billing'],
  reconciliation: ['billing'],
  reconciliation_difference: ['billing'],
  reconciliation_message: ['billing'],
  price_list_version: ['billing'],
  price_line: ['billing'],
};

/** People are found and erased in all tables by one list: see ADR 0054. */
const LIST_OF_ALL = 'privacy/registry/';

const tables = [...readFileSync(join(ROOT, 'schema.sql'), 'utf8').matchAll(/^CREATE TABLE (\w+)/gm)].map(
  ([, name = '']) => name,
);

/** The text of every string and template of a file, each with its line; what is put into a template is another text. */
function textsIn(path: string): { readonly line: number; readonly text: string }[] {
  const tree = ts.createSourceFile(path, readFileSync(join(ROOT, path), 'utf8'), ts.ScriptTarget.ESNext, true);
  const texts: { line: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      texts.push({ line: tree.getLineAndCharacterOfPosition(node.getStart()).line + 1, text: node.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return texts;
}

const NAMED = /\b(?:from|join|into|update|using|table)\s+(?:only\s+)?\(?\s*(\w+)\b(?!\s*\.)/gi;
const LISTED = /\bfrom\s+\w+(?:\s+(?:as\s+)?\w+)?\s*,\s*(\w+)\b/gi;

/** The tables that a text reads or writes. */
const tablesIn = (text: string): string[] =>
  [...text.matchAll(NAMED), ...text.matchAll(LISTED)]
    .map(([, name = '']) => name)
    .filter((name) => tables.includes(name));

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));

test('every table has an owner', () => {
  expect(Object.keys(OWNERS).toSorted()).toEqual(tables.toSorted());
});

test('no file names a table of another owner in SQL', () => {
  const trespasses = sources.flatMap((name) =>
    textsIn(`src/${name}`)
      .filter(() => !name.startsWith(LIST_OF_ALL))
      .filter(({ text }) => /\b(select|insert|update|delete|from|join)\b/.test(text))
      .flatMap(({ line, text }) =>
        tablesIn(text)
          .filter((table) => !OWNERS[table]?.some((owner) => name.startsWith(`${owner}/`)))
          .map((table) => `src/${name}:${line} names ${table}`),
      ),
  );
  expect(trespasses).toEqual([]);
});

test('every owner names its tables, or has no need of the right', () => {
  const named = new Map<string, Set<string>>();
  for (const name of sources) {
    for (const table of textsIn(`src/${name}`).flatMap(({ text }) => tablesIn(text))) {
      named.set(table, (named.get(table) ?? new Set()).add(name));
    }
  }
  const unused = Object.entries(OWNERS).flatMap(([table, owners]) =>
    owners
      .slice(1)
      .filter((owner) => ![...(named.get(table) ?? [])].some((name) => name.startsWith(`${owner}/`)))
      .map((owner) => `${owner} does not name ${table}`),
  );
  expect(unused).toEqual([]);
});
