export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{src,test,bench}/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*(?<!\\.json))\\.js$': '$1' },
  transform: { '^.+\\.ts$': '@swc/jest' },
  setupFiles: ['<rootDir>/test/support/one-realm.ts'],
  testTimeout: 30_000,
  maxWorkers: 2,
};
