import { assistance } from '../connectors/assistance/connector.ts';
import { creditPlatform } from '../connectors/credit-platform/connector.ts';
import { exchangePlatform } from '../connectors/exchange-platform/connector.ts';
import { fileDrop } from '../connectors/file-drop/connector.ts';
import { graphql } from '../connectors/graphql/connector.ts';
import { licenseLibrary } from '../connectors/license-library/connector.ts';
import { publicitySystem } from '../connectors/publicity-system/connector.ts';
import { rest } from '../connectors/rest/connector.ts';
import { soap } from '../connectors/soap/connector.ts';
import { tableExchange } from '../connectors/table-exchange/connector.ts';
import { buildable, type BuildableKind } from './registry/kinds.ts';

/** Every connector kind this hub can build. The only file that names connectors. */
export const KINDS: readonly BuildableKind[] = [
  buildable(assistance),
  buildable(creditPlatform),
  buildable(exchangePlatform),
  buildable(fileDrop),
  buildable(graphql),
  buildable(licenseLibrary),
  buildable(publicitySystem),
  buildable(rest),
  buildable(soap),
  buildable(tableExchange),
];
