import type { Rule } from './rule.ts';
import { BATCH_RULES } from './rules/batch-rules.ts';
import { CHECK_RULES } from './rules/check-rules.ts';
import { DEADLINE_RULES } from './rules/deadline-rules.ts';
import { DESCRIPTION_RULES } from './rules/description-rules.ts';
import { FAULT_RULES } from './rules/fault-rules.ts';
import { FILE_RULES } from './rules/file-rules.ts';
import { LOOKUP_RULES } from './rules/lookup-rules.ts';
import { PUSH_RULES } from './rules/push-rules.ts';
import { RESUME_RULES } from './rules/resume-rules.ts';
import { SCAN_RULES } from './rules/scan-rules.ts';
import { TOLD_RULES } from './rules/told-rules.ts';

/** Every rule of the kit, in the order in which they are tried: what was told is judged last. */
export const CONFORMANCE_RULES: readonly Rule[] = [
  ...DESCRIPTION_RULES,
  ...CHECK_RULES,
  ...LOOKUP_RULES,
  ...BATCH_RULES,
  ...DEADLINE_RULES,
  ...FAULT_RULES,
  ...SCAN_RULES,
  ...RESUME_RULES,
  ...PUSH_RULES,
  ...FILE_RULES,
  ...TOLD_RULES,
];
