import { makePopulation } from '../sandbox/population.ts';
import { startSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import {
  CASES,
  ENTERPRISES_PER_CASE,
  VARIANTS,
  type SourcesReady,
  type Upstreams,
} from './wiring.ts';

/** The simulated sources in a process of their own: one set for each variant, one population. */
const population = makePopulation({ seed: 20_204, enterprises: 600 });
const enterprises = population.enterprises
  .filter(({ kind }) => kind === 'ENTERPRISE')
  .slice(0, CASES * ENTERPRISES_PER_CASE)
  .map(({ code, name }) => ({ code, name }));

const first = await startSandbox({ population });
const { credentials } = first;
const others = await Promise.all(
  VARIANTS.slice(1).map(() => startSandbox({ population, credentials })),
);
const sandboxes = [first, ...others];
const upstreams = Object.fromEntries(
  VARIANTS.map((variant, index) => [variant, addressesOf(sandboxes[index] ?? first)]),
) as SourcesReady['upstreams'];

const ready: SourcesReady = { upstreams, credentials, enterprises };
process.stdout.write(`${JSON.stringify(ready)}\n`);

// The bench holds the other end: when it is gone, so is this process.
process.stdin.resume().once('end', () => process.exit(0));

function addressesOf(sandbox: Sandbox): Upstreams {
  return Object.fromEntries(
    Object.entries(sandbox.sources).map(([id, { baseUrl, controlUrl }]) => [
      id,
      { baseUrl, controlUrl },
    ]),
  ) as Upstreams;
}
