export default {
  runtime: '<rootDir>/scripts/jest/runtime.mjs',
  testEnvironment: '<rootDir>/scripts/jest/environment.mjs',
  testMatch: ['<rootDir>/{src,test,bench}/**/*.spec.ts'],
  transform: {},
  // Only there so that a run ends: what a test waits for has a deadline of its own.
  testTimeout: 1_200_000,
  // Most files wait for something most of the time.
  maxWorkers: 4,
};
