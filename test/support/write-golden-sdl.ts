import { writeFileSync } from 'node:fs';

import { GOLDEN_SDL, printContract } from './golden-schema.ts';

writeFileSync(GOLDEN_SDL, printContract());
