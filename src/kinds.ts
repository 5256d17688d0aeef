import { assistance } from '../connectors/assistance/connector.ts';
import { creditPlatform } from '../connectors/credit-platform/connector.ts';
import { licenseLibrary } from '../connectors/license-library/connector.ts';
import { publicitySystem } from '../connectors/publicity-system/connector.ts';
import { buildable, type BuildableKind } from './registry/kinds.ts';

/** Every connector kind this hub can build. The only file that names connectors. */
export const KINDS: readonly BuildableKind[] = [
  buildable(assistance),
  buildable(creditPlatform),
  buildable(licenseLibrary),
  buildable(publicitySystem),
];
