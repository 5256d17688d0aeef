import type { KeyRange } from '../../src/model/range-digest.ts';
import { findByDigests } from './tables.ts';

/** One of several processes that share a comparison: told its part, it says what it found. */
process.on(
  'message',
  (told: { readonly urls: Record<string, string>; readonly span: KeyRange }) => {
    const { urls, span } = told;
    void findByDigests({ urlOf: (database) => urls[database] ?? '' }, span).then(({ found }) => {
      process.send?.({ found });
      process.disconnect();
    });
  },
);
process.send?.({ found: null });
