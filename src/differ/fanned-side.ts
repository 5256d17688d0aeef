import { addDigests, EMPTY_DIGEST } from '../model/range-digest.ts';
import { FLAVORS, type Flavor, type Side } from './side.ts';

/**
 * Several sides as one: a collection whose buckets are spread over several servers. Digests add up,
 * rows follow each other; no row travels from one server to another.
 *
 * @param parts at least one; a key that stands in two of them stands there twice.
 */
export function fanSides(parts: readonly Side[]): Side {
  const flavors = new Set(parts.map(({ storedFlavor }) => storedFlavor));
  const [storedFlavor = null] = flavors;
  return {
    storedFlavor: flavors.size === 1 ? storedFlavor : null,
    async canaries() {
      const all = await Promise.all(parts.map((part) => part.canaries()));
      const agreed = new Map<Flavor, string>();
      for (const flavor of FLAVORS) {
        const said = new Set(all.map((one) => one.get(flavor)));
        const [hash] = said;
        if (said.size === 1 && hash !== undefined) agreed.set(flavor, hash);
      }
      return agreed;
    },
    /** Those of the part that has most, whose stored digests are then of use as they are. */
    async bounds(range, options) {
      const all = await Promise.all(parts.map((part) => part.bounds(range, options)));
      return all.reduce((most, one) => (one.length > most.length ? one : most), []);
    },
    async digests(ranges, flavor) {
      const all = await Promise.all(parts.map((part) => part.digests(ranges, flavor)));
      return ranges.map((_, at) =>
        all.map((digests) => digests[at] ?? EMPTY_DIGEST).reduce(addDigests, EMPTY_DIGEST),
      );
    },
    async pairs(ranges, options) {
      await Promise.all(parts.map((part) => part.pairs(ranges, options)));
    },
    async rows(keys) {
      return (await Promise.all(parts.map((part) => part.rows(keys)))).flat();
    },
    async countUnkeyed() {
      const all = await Promise.all(parts.map((part) => part.countUnkeyed()));
      return all.reduce((sum, count) => sum + count, 0);
    },
  };
}
