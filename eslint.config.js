import tseslint from 'typescript-eslint';

/** Finds what the compiler does not: floating promises, unsafe values, default exports. */
export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.hecha/', 'src/generated/', 'test/generated/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Export by name: a default export has no name to search for.',
        },
        {
          selector: "CallExpression[callee.name='fetch']",
          message: 'Sources are reached through src/connector-kit/http.ts, which keeps its limits.',
        },
        {
          selector: "Property[key.name='rejectUnauthorized'][value.value=false]",
          message: 'A source whose certificate is not checked is nobody.',
        },
      ],
      // Code points are what the standards' algorithms and the names of people are made of.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // Rooms are objects of functions: nothing has a `this` that could be lost.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A port may be asynchronous without awaiting anything.
      '@typescript-eslint/require-await': 'off',
      // The numbers and dates of messages are what they look like.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
    },
  },
  {
    // fetch is how a test, a demo and the sandbox's clerk speak HTTP; jest wants default exports.
    files: ['test/**/*.ts', 'sandbox/**/*.ts', 'bench/**/*.ts', 'src/demo/**/*.ts'],
    rules: {
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A reader of JSON tells its caller's type; it cannot check it twice.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  {
    // The command line is a client of a running hub, not of a source.
    files: ['src/commands/hub-client.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // What a capability is asked and answers follows from its name, which the inferred result uses.
    files: ['src/connector-kit/answer*.ts', 'connectors/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
    },
  },
  {
    // A test handles failures it causes itself, and takes answers apart that it knows.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      // A table of cases has a type of its own, wider than any of its rows.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
);
