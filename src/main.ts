import { setFlagsFromString } from 'node:v8';

import { runHecha } from './commands/hecha.ts';

// V8's allocation-site pretenuring makes a GraphQL server bimodal: about half of all processes ran
// at nearly twice the CPU time when measured. See docs/decisions/0006.
setFlagsFromString('--no-allocation-site-pretenuring');

process.exitCode = await runHecha(process.argv.slice(2), process.env);
