export default {
  runtime: '<rootDir>/scripts/jest/runtime.mjs',
  testEnvironment: '<rootDir>/scripts/jest/environment.mjs',
  testSequencer: '<rootDir>/scripts/jest/sequencer.mjs',
  testMatch: ['<rootDir>/{src,harness,test,bench,chaos,fuzz}/**/*.spec.ts'],
  transform: {},
  // Only there so that a run ends: what a test waits for has a deadline of its own.
  testTimeout: 1_200_000,
  // Tests wait for the service more than they work: four keep two cores busy.
  maxWorkers: 4,
  // A busy machine needs a moment to end a process; a handle that a file has left open is told of all the same.
  workerGracefulExitTimeout: 60_000,
};
