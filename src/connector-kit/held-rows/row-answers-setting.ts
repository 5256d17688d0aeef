import type { SubjectKind } from '../../model/subject-code.ts';
import type { Mapping } from '../mapping/mapping.ts';

interface RowAnswerSetting<Keys> {
  /** Name of the collection whose rows answer. */
  readonly collection: string;
  readonly mapping: Mapping;
  readonly absence: 'COVERED' | 'UNCOVERED';
  /** Subjects the rows are about; asked about another kind they say nothing. */
  readonly kinds: readonly SubjectKind[];
  readonly keys: Keys;
}

type BySubject = RowAnswerSetting<{ readonly code: string }>;

/** How the rows of flat collections (tables, files) answer, by capability. */
export interface RowAnswersSetting {
  readonly 'license.byIdentifier'?: RowAnswerSetting<{ readonly identifier: string }> | undefined;
  readonly 'license.byHolder'?:
    | RowAnswerSetting<{
        readonly code: string;
        /** Column of 证照类型代码; null where all rows are of one type. */
        readonly typeCode: string | null;
        readonly typeCodeOfAll: string | null;
        /** Held code to code of the hub. */
        readonly typeCodes: Readonly<Record<string, string>>;
      }>
    | undefined;
  readonly 'enterprise.registration'?: BySubject | undefined;
  readonly 'credit.profile'?: BySubject | undefined;
}
