// Who may import whom. Floors from the ground up: kernel; tenants; consent, templates, providers; dispatch; the leaves.
// Imports run downward only, through each module's door (index.ts), and nobody imports a leaf but the application itself.

const LEAVES = '(campaigns|webhooks|usage|desk|sandbox|demo|watch)';
const RULES_FLOOR = '(consent|templates|providers)';
/** The application on top of all modules, the bench and the chaos suite: they may look into the kernel, and know the doors of everything else. */
const TOP = '^(src/(app|main)\\.[^/]*ts$|(bench|chaos)/)';

const deny = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    deny(
      'no-circular',
      'Two modules that want each other share a third thing: a fact or a floor below.',
      {},
      { circular: true },
    ),
    deny(
      'through-the-door',
      'A module is imported by its index.ts alone.',
      { path: '^src/([^/]+)/' },
      { path: '^src/[^/]+/', pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$'] },
    ),
    deny(
      'through-the-door-from-the-top',
      'The application knows modules by their doors; only the kernel it takes apart.',
      { path: TOP },
      { path: '^src/[^/]+/', pathNot: ['^src/kernel/', '^src/[^/]+/index\\.ts$'] },
    ),
    deny(
      'not-through-ones-own-door',
      'Inside a module, files import each other directly.',
      { path: '^src/([^/]+)/' },
      { path: '^src/$1/index\\.ts$' },
    ),
    deny(
      'nobody-imports-the-top',
      'The application is above all modules.',
      { path: '^src/[^/]+/' },
      { path: '^(src/[^/]+\\.ts$|migrations/|bench/|chaos/)' },
    ),
    deny(
      'kernel-knows-no-domain',
      'The kernel knows no word of the business.',
      { path: '^src/kernel/' },
      { path: '^src/(?!kernel/)' },
    ),
    deny('tenants-stand-on-the-kernel', 'Floor 1.', { path: '^src/tenants/' }, { path: '^src/(?!kernel/|tenants/)' }),
    deny(
      'rules-stand-on-tenants',
      'Floor 2: consent, templates and providers do not know each other.',
      { path: `^src/${RULES_FLOOR}/` },
      { path: '^src/', pathNot: ['^src/$1/', '^src/(kernel|tenants)/'] },
    ),
    deny(
      'dispatch-stands-on-the-rules',
      'Floor 3.',
      { path: '^src/dispatch/' },
      { path: '^src/', pathNot: `^src/(kernel|tenants|dispatch)/|^src/${RULES_FLOOR}/` },
    ),
    deny(
      'leaves-import-no-leaves',
      'A leaf is imported by the application alone.',
      { path: '^src/([^/]+)/' },
      { path: `^src/${LEAVES}/`, pathNot: '^src/$1/' },
    ),
    deny(
      'sdks-stay-in-providers',
      'Everyone else speaks to the provider port.',
      { path: '^src/', pathNot: '^src/providers/' },
      { path: 'node_modules/(twilio|@aws-sdk)/' },
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
