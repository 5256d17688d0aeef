import { findByDigests, type Part } from './tables.ts';

/** One of several processes that share a comparison: told its part, it says what it found. */
process.on('message', (told: { readonly urls: Record<string, string>; readonly part: Part }) => {
  const { urls, part } = told;
  void findByDigests({ urlOf: (database) => urls[database] ?? '' }, part).then(({ found }) => {
    process.send?.({ found });
    process.disconnect();
  });
});
process.send?.({ found: null });
