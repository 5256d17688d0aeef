import { CREDIT_GRADES, CREDIT_LISTS, FULFILLMENTS, SUBJECT_CATEGORIES } from './credit.ts';
import { EPOINT_HOLDER_TYPES, GUANGDONG_HOLDER_TYPES, HOLDER_TYPE_CODES } from './holder-type.ts';
import {
  LICENSE_WORDS,
  MOHURD_STATES,
  OPERATE_TYPES,
  SHANDONG_HEAD_STATES,
  SHANDONG_STATES,
  SIMPLE_STATES,
} from './license-status.ts';
import { REGION_SUCCESSORS, REGION_TITLES } from './region.ts';
import { REGISTRATION_STATES, SHANGHAI_STATES, ZHEJIANG_STATES } from './registration-status.ts';
import type { CodeTable } from './table.ts';

/** The code tables that a rule may name; docs/reference/mapping.md lists them. */
export const SHIPPED_TABLES: ReadonlyMap<string, CodeTable> = new Map<string, CodeTable>([
  ['license-status.mohurd', MOHURD_STATES],
  ['license-status.shandong-head', SHANDONG_HEAD_STATES],
  ['license-status.shandong-state', SHANDONG_STATES],
  ['license-status.simple', SIMPLE_STATES],
  ['license-status.operate-type', OPERATE_TYPES],
  ['license-status.words', LICENSE_WORDS],
  ['registration-status', REGISTRATION_STATES],
  ['registration-status.zhejiang', ZHEJIANG_STATES],
  ['registration-status.shanghai', SHANGHAI_STATES],
  ['holder-type', HOLDER_TYPE_CODES],
  ['holder-type.epoint', EPOINT_HOLDER_TYPES],
  ['holder-type.guangdong', GUANGDONG_HOLDER_TYPES],
  ['credit-grade', CREDIT_GRADES],
  ['subject-category', SUBJECT_CATEGORIES],
  ['credit-list', CREDIT_LISTS],
  ['commitment-fulfillment', FULFILLMENTS],
  ['region-successor', REGION_SUCCESSORS],
  ['region-name', REGION_TITLES],
]);
