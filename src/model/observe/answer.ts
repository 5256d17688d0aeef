import type { CreditProfile } from '../credit.ts';
import type { Enterprise } from '../enterprise.ts';
import type { License } from '../license.ts';
import type { Dataset } from '../policy.ts';
import type { SourceObservation } from '../verification.ts';
import type { About, Told } from './about.ts';
import { observeCredit } from './credit.ts';
import { observeLicense } from './license.ts';
import { observeRegistration } from './registration.ts';

/** Datasets that a source answers by itself; what a person answers is observed elsewhere. */
export type OnlineDataset = Exclude<Dataset, 'ASSISTANCE'>;

/** What an answer says about one requirement. Its records are those of the dataset. */
export function observeTold(
  dataset: OnlineDataset,
  about: About,
  told: Told<unknown>,
): SourceObservation {
  switch (dataset) {
    case 'LICENSE':
      return observeLicense(about, told as Told<License>, []);
    case 'REGISTRATION':
      return observeRegistration(about, told as Told<Enterprise>);
    case 'CREDIT':
      return observeCredit(about, told as Told<CreditProfile>);
  }
}
