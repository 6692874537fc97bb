// Who may import whom. Imports run downward only, over any number of layers, through each module's public API (index.ts), and
// nobody imports a leaf but the application itself.

const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

/** From the ground up. Modules of one layer do not know each other. */
const LAYERS = [
  ['kernel'],
  ['providers'],
  ['tenants'],
  ['lists', 'host-data', 'notices', 'files', 'users'],
  ['consent', 'templates', 'ledger', 'numbers'],
  ['audiences', 'billing', 'links', 'preferences'],
  ['dispatch'],
  ['campaigns', 'voice', 'automations', 'conversations', 'opt-ins'],
  ['webhooks'],
  ['alerts', 'operations', 'outbound', 'privacy', 'pumping-guard', 'reports', 'sender-health'],
];
/** The parts of dispatch, from the ground up: each may use those before it. */
const DISPATCH_PARTS = ['lanes', 'mail', 'messages', 'retries', 'drain', 'doubts'];
/** They import what their line says, and nobody else imports them. The sandbox stands in for providers: it is plugged in by their names. */
const PROGRAMS = {
  sandbox: ['kernel', 'providers', 'tenants'],
  cli: ['kernel', 'providers', 'tenants', 'host-data', 'templates', 'sandbox', 'terminal'],
  demo: ['terminal'],
  terminal: [],
};
/** The application on top of all modules, and what runs it whole: they may look into the kernel, and know the public API of everything else. */
const TOP = '^(src/(app|main)\\.[^/]*ts$|(harness|bench|chaos|fuzz|rehearsals)/)';
/** What runs the service from outside. Each stands on `harness` and on the service, and none on another. */
const OUTSIDE = ['test', 'bench', 'chaos', 'fuzz', 'rehearsals'];

/** Packages that a provider's folder may use and others too: they speak to no provider in particular. */
const NO_SDKS = ['lru-cache', 'undici', 'standardwebhooks'];
/** The SDKs of providers: all else that their folders import from npm. A scope is taken whole, such as `@azure`; of `@aws-sdk` files have a client of their own, and so have secrets. */
const SDKS = providerSdks(join(__dirname, 'src/providers'));

function providerSdks(root) {
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const files = folders
    .flatMap(({ name }) => readdirSync(join(root, name)).map((file) => join(root, name, file)))
    .filter((file) => !file.endsWith('.spec.ts'));
  const imported = files.flatMap((file) => [
    ...readFileSync(file, 'utf8').matchAll(/\bfrom '(?!\.|node:)(@?[\w.-]+)/g),
  ]);
  return [...new Set(imported.map(([, name]) => name))].filter((name) => !NO_SDKS.includes(name));
}

const deny = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const folders = (modules) => `^src/(${modules.join('|')})/`;

const layerRules = LAYERS.flatMap((modules, height) =>
  modules.map((module) => {
    const below = LAYERS.slice(0, height).flat();
    const comment = below.length === 0 ? 'It knows no word of the business.' : `It stands on ${below.join(', ')}.`;
    return deny(
      `layer-of-${module}`,
      comment,
      { path: `^src/${module}/` },
      {
        path: '^src/',
        pathNot: folders([module, ...below]),
      },
    );
  }),
);
const dispatchRules = DISPATCH_PARTS.map((part, height) =>
  deny(
    `dispatch-${part}`,
    'The parts of dispatch go one way.',
    { path: `^src/dispatch/${part}/` },
    {
      path: '^src/dispatch/',
      pathNot: DISPATCH_PARTS.slice(0, height + 1).map((below) => `^src/dispatch/${below}/`),
    },
  ),
);
const programRules = Object.entries(PROGRAMS).map(([module, uses]) =>
  deny(
    `program-${module}`,
    `It uses ${uses.join(', ') || 'nothing of ours'}.`,
    { path: `^src/${module}/` },
    {
      path: '^src/',
      pathNot: folders([module, ...uses]),
    },
  ),
);

const outsideRules = [
  deny(
    'harness',
    'It is what test, bench, chaos, fuzz and rehearsals share.',
    { path: '^harness/' },
    { path: `^(${OUTSIDE.join('|')})/` },
  ),
  ...OUTSIDE.map((folder) =>
    deny(
      `outside-${folder}`,
      'What two of them need goes into harness/.',
      { path: `^${folder}/` },
      { path: `^(${OUTSIDE.filter((other) => other !== folder).join('|')})/` },
    ),
  ),
];

module.exports = {
  forbidden: [
    deny(
      'no-circular',
      'Two modules that want each other share a third thing: a fact or a layer below.',
      {},
      { circular: true },
    ),
    deny(
      'through-the-public-api',
      'A module is imported by its index.ts alone; the kernel by plain.ts too, which needs no Nest.',
      { path: '^src/([^/]+)/' },
      { path: '^src/[^/]+/', pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '^src/kernel/plain\\.ts$'] },
    ),
    deny(
      'through-the-public-api-from-the-top',
      'The application knows modules by their public API; only the kernel it takes apart.',
      { path: TOP },
      { path: '^src/[^/]+/', pathNot: ['^src/kernel/', '^src/[^/]+/index\\.ts$'] },
    ),
    deny(
      'not-through-ones-own-public-api',
      'Inside a module, files import each other directly.',
      { path: '^src/([^/]+)/' },
      { path: '^src/$1/index\\.ts$' },
    ),
    deny(
      'nobody-imports-the-top',
      'The application is above all modules.',
      { path: '^src/[^/]+/' },
      { path: '^(src/[^/]+\\.ts$|migrations/|harness/|test/|bench/|chaos/|fuzz/|rehearsals/)' },
    ),
    deny(
      'every-module-has-its-layer',
      'A new module is named in LAYERS or PROGRAMS above.',
      { path: '^src/[^/]+/', pathNot: folders([...LAYERS.flat(), ...Object.keys(PROGRAMS)]) },
      {},
    ),
    ...layerRules,
    ...dispatchRules,
    ...programRules,
    ...outsideRules,
    deny(
      'telemetry-is-loaded-when-wanted',
      'Where no metrics are sent, what would send them costs neither time nor memory.',
      { path: '^src/' },
      {
        path: '^node_modules/(hot-shots|node-unix-socket|@opentelemetry/(sdk-metrics|exporter-metrics-[^/]*))/',
        dynamic: false,
        dependencyTypesNot: ['type-only', 'type-import'],
      },
    ),
    deny(
      'sdks-stay-in-providers',
      'Everyone else speaks to the provider port.',
      { path: '^src/', pathNot: '^src/providers/' },
      { path: `node_modules/(${SDKS.join('|')})/`, pathNot: 'node_modules/@aws-sdk/client-(?:s3|secrets-manager)/' },
    ),
    deny(
      'object-store-stays-with-files',
      'Where the bytes of a file are is nobody else’s business.',
      { path: '^src/', pathNot: '^src/files/' },
      { path: 'node_modules/@aws-sdk/client-s3/' },
    ),
    deny(
      'service-bus-stays-in-its-part',
      'What a message of the bus says is an event like any other.',
      { path: '^src/', pathNot: '^src/automations/service-bus/' },
      { path: 'node_modules/@azure/', pathNot: 'node_modules/@azure/(?:identity|keyvault-secrets)/' },
    ),
    deny(
      'secrets-managers-stay-with-secrets',
      'Everyone else reads the configuration.',
      { path: '^src/', pathNot: '^src/kernel/secrets/' },
      { path: 'node_modules/(?:@aws-sdk/client-secrets-manager|@azure/(?:identity|keyvault-secrets))/' },
    ),
    deny(
      'secrets-managers-are-loaded-when-wanted',
      'A start that asks none of them pays nothing for them.',
      { path: '^src/' },
      {
        path: 'node_modules/(?:@aws-sdk/client-secrets-manager|@azure/(?:identity|keyvault-secrets))/',
        dynamic: false,
        dependencyTypesNot: ['type-only', 'type-import'],
      },
    ),
    deny(
      'bullmq-by-role',
      'Queues and their processors speak to BullMQ; nobody decides anything there.',
      { path: '^src/', pathNot: `^src/kernel/|\\.(queue|processor|module)\\.ts$|${TOP}` },
      { path: 'node_modules/(bullmq|@nestjs/bullmq)/' },
    ),
    deny(
      'declared-dependencies',
      'What src imports is in package.json, as a dependency.',
      { path: '^src/', pathNot: '\\.spec\\.ts$' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'] },
    ),
    deny('no-dead-imports', 'The import leads nowhere.', {}, { couldNotResolve: true }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
