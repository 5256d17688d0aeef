/** Source is TypeScript in ES modules; run with NODE_OPTIONS=--experimental-vm-modules. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  reporters: ['default', '<rootDir>/test/support/count-reporter.js'],
  // Tests wait for sockets and PostgreSQL, and some measure deadlines: more workers than cores make
  // those fail. Never a share above 100 %: jest takes it for a count.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '768MB',
  testTimeout: 30_000,
};
