/** The dependency rule of docs/architecture.md. Change that page in the same commit. */

// Lower may not import higher; rooms of one floor may not import each other.
const FLOORS = [
  ['src/errors'],
  ['src/model', 'src/generated'],
  ['src/connector-kit', 'src/store', 'src/config', 'src/log', 'src/metrics'],
  [
    'src/sources',
    'src/jobs',
    'src/audit',
    'src/access',
    'src/agencies',
    'src/calendar',
    'src/safety',
    'src/vault',
    'src/documents',
    'src/source-list',
    'src/differ',
  ],
  [
    'src/catalog',
    'src/casework',
    'src/consents',
    'src/downloads',
    'src/verification',
    'src/assistance',
    'src/subject',
    'src/calibration',
    'src/registry',
    'src/anomaly',
    'src/bulk',
    'src/subject-file',
    'src/eligibility',
    'src/texts',
    'src/commitments',
    'src/breach',
    'src/objections',
    'src/repairs',
    'src/credit',
    'src/filing',
    'src/supervision',
    'src/statistics',
    'src/work-orders',
    'src/shadow',
    'src/intake',
    'src/crosscheck',
  ],
  ['src/gateway'],
  ['src/kinds'],
  ['src/hub'],
  ['src/demo'],
  ['src/commands'],
  ['src/main'],
];

const room = (name) => `^${name}(/|\\.ts$)`;
const OUTSIDE = '^(src|connectors|sandbox|test|bench|console)/';

const floorRules = FLOORS.flatMap((rooms, floor) =>
  rooms.map((from) => ({
    name: `floor-${floor}-${from.slice(4)}`,
    comment: `${from} may import only itself and lower floors.`,
    severity: 'error',
    from: { path: room(from) },
    to: { path: OUTSIDE, pathNot: [from, ...FLOORS.slice(0, floor).flat()].map(room) },
  })),
).filter(({ name }) => !/-(hub|kinds|demo|generated)$/.test(name));

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: 'hub-composes',
      comment: 'The hub names every room, and nothing above itself.',
      severity: 'error',
      from: { path: '^src/hub(/|\\.ts$)' },
      to: { path: '^(sandbox|test|bench|console|src/(demo|commands|main))' },
    },
    {
      name: 'demo-starts-the-sandbox',
      comment: 'Only the demo starts simulated sources; a real hub does not know them.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/demo/' },
      to: { path: '^sandbox/' },
    },
    {
      name: 'every-room-has-a-floor',
      comment:
        'A new room of src/ must be given its floor in this file and in docs/architecture.md.',
      severity: 'error',
      from: { path: '^src/', pathNot: FLOORS.flat().map(room) },
      to: {},
    },
    {
      name: 'generated-knows-types-only',
      comment: 'Generated types may name model and context types; nothing at run time.',
      severity: 'error',
      from: { path: '^src/generated/' },
      to: { path: '^src/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'generated-is-for-the-gateway',
      comment: 'GraphQL shapes stop at the gateway; below it there are only model types.',
      severity: 'error',
      from: { pathNot: '^(src/gateway|src/generated|test)/' },
      to: { path: '^src/generated/' },
    },
    {
      name: 'connector-knows-the-kit-only',
      comment: 'A connector sees the kit, the model and the faults: no store, no room, no sibling.',
      severity: 'error',
      from: { path: '^connectors/([^/]+)/' },
      to: {
        path: OUTSIDE,
        pathNot: ['^connectors/$1/', '^src/connector-kit/', '^src/model/', '^src/errors\\.ts$'],
      },
    },
    {
      name: 'only-kinds-knows-connectors',
      comment: 'Rooms ask sources; which connectors there are stands in kinds.ts.',
      severity: 'error',
      from: { path: '^(src|sandbox|bench)/', pathNot: '^src/kinds\\.ts$' },
      to: { path: '^connectors/' },
    },
    {
      name: 'sandbox-stands-alone',
      comment: 'A simulated source shares no code with the hub, or both would share its mistakes.',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^(src|connectors|test|bench|console)/' },
    },
    {
      name: 'pool-in-store-only',
      comment:
        'Only src/store opens a pool; rooms get a Database. The tables of agencies are not the ' +
        "hub's store: src/connector-kit/tables reads them with the same drivers, and only it.",
      severity: 'error',
      from: { path: '^(src|connectors)/', pathNot: '^src/(store|connector-kit/tables)/' },
      to: { path: 'node_modules/(knex|pg)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'mysql-in-tables-only',
      comment: 'The hub keeps nothing in MySQL; only tables of agencies are read there.',
      severity: 'error',
      from: { path: '^(src|connectors)/', pathNot: '^src/connector-kit/tables/' },
      to: { path: 'node_modules/mysql2/' },
    },
    {
      name: 'graphql-in-gateway-only',
      comment: 'What speaks GraphQL stays at the edge.',
      severity: 'error',
      from: { path: '^(src|connectors)/', pathNot: '^src/(gateway|generated)/' },
      to: { path: 'node_modules/(graphql|graphql-jit|@apollo|@graphql-tools|dataloader)/' },
    },
    {
      name: 'pdf-in-documents-only',
      comment: 'Rooms say what is printed (src/model/printed-document.ts); src/documents how.',
      severity: 'error',
      from: { path: '^(src|connectors)/', pathNot: '^src/documents/' },
      to: { path: 'node_modules/(pdfkit|fontkit)/' },
    },
    {
      name: 'cron-in-jobs-only',
      comment: 'A schedule is a job; jobs are started in one place.',
      severity: 'error',
      from: { path: '^(src|connectors)/', pathNot: '^src/jobs/' },
      to: { path: 'node_modules/node-cron/' },
    },
    {
      name: 'bench-and-console-go-over-http',
      comment: 'They measure and show what callers get, so they use what callers use.',
      severity: 'error',
      from: { path: '^(console|bench)/', pathNot: '^bench/(kinds|calls|reconcile)/' },
      to: { path: '^(src|connectors|test)/' },
    },
    {
      name: 'bench-of-kinds-knows-the-contract',
      comment: 'What reading costs a connector is measured at its contract, without the hub.',
      severity: 'error',
      from: { path: '^bench/(kinds|calls)/' },
      to: {
        path: '^(connectors|test|src)/',
        pathNot: '^src/(connector-kit|model|sources|store)/|^src/kinds\\.ts$',
      },
    },
    {
      name: 'bench-of-the-differ-knows-the-differ',
      comment: 'What comparing costs is measured at the differ itself, without the hub.',
      severity: 'error',
      from: { path: '^bench/reconcile/' },
      to: {
        path: '^(connectors|test|src)/',
        pathNot: '^src/(connector-kit|model|differ|store)/',
      },
    },
    {
      name: 'queries-are-private',
      comment: "A room's SQL is its own; ask the room instead.",
      severity: 'error',
      from: { path: '^(src|test)/([^/]+)/' },
      to: { path: '^src/[^/]+/[a-z-]*queries\\.ts$', pathNot: '^src/$2/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one idea in two files, or three.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody imports it: delete it.',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/main\\.ts$' },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
