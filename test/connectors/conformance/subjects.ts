import { ASSISTANCE } from './assistance.ts';
import { CREDIT_PLATFORM } from './credit-platform.ts';
import { EXCHANGE_PLATFORM } from './exchange-platform.ts';
import { FILE_DROP } from './file-drop.ts';
import { LICENSE_LIBRARY } from './license-library.ts';
import { GRAPHQL, REST } from './open-api.ts';
import { PUBLICITY_SYSTEM } from './publicity-system.ts';
import { REFERENCE } from './reference.ts';
import { SOAP } from './soap.ts';
import { TABLE_EXCHANGE, TABLE_HOLDINGS } from './table-exchange.ts';
import type { SubjectPlan } from './started-subject.ts';

/** Every kind that is examined, each with a simulated source of its own. */
export const SUBJECT_PLANS: readonly SubjectPlan[] = [
  LICENSE_LIBRARY,
  PUBLICITY_SYSTEM,
  CREDIT_PLATFORM,
  ASSISTANCE,
  EXCHANGE_PLATFORM,
  SOAP,
  FILE_DROP,
  REST,
  GRAPHQL,
  TABLE_EXCHANGE,
  TABLE_HOLDINGS,
  REFERENCE,
];
