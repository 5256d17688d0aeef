import {
  getDirectiveValues,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';

import type { Audience } from '../generated/graphql.ts';
import type { Role } from '../model/caller.ts';
import { isIn, parseAudience } from './audience.ts';
import { visitFields, type DocumentParts } from './visit-fields.ts';

/** Who may read each field: `Type.field` to its audience. */
export type AccessRules = ReadonlyMap<string, Audience>;

/**
 * The rules that stand beside the fields in the schema.
 *
 * @throws {Error} that names the fields without a rule: nothing is readable by omission.
 */
export function readAccessRules(schema: GraphQLSchema): AccessRules {
  const rules = new Map<string, Audience>();
  const missing: string[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue;
    for (const field of Object.values(type.getFields())) {
      const audience = audienceOf(schema, field);
      if (audience === null) missing.push(`${type.name}.${field.name}`);
      else rules.set(`${type.name}.${field.name}`, audience);
    }
  }
  if (missing.length > 0) {
    throw new Error(`These fields have no @access, so the hub does not start: ${missing.join()}.`);
  }
  return rules;
}

function audienceOf(
  schema: GraphQLSchema,
  { astNode }: GraphQLField<unknown, unknown>,
): Audience | null {
  const access = schema.getDirective('access');
  if (access == null || astNode == null) return null;
  return parseAudience(getDirectiveValues(access, astNode)?.['to']);
}

/** The audiences an operation needs to be in, each with the first field that demands it. */
export type Needs = ReadonlyMap<Audience, string>;

/**
 * What an operation needs, whatever its variables are: every field that is selected anywhere, and
 * of a field of an interface also the fields of every type behind it.
 */
export function needsOf(schema: GraphQLSchema, rules: AccessRules, parts: DocumentParts): Needs {
  const needs = new Map<Audience, string>();
  visitFields(schema, parts, ({ parentType, field }) => {
    // Whether the schema itself may be read is decided for all callers at once.
    if (field.name.startsWith('__') || parentType.name.startsWith('__')) return;
    const types = isAbstractType(parentType)
      ? [parentType, ...schema.getPossibleTypes(parentType)]
      : [parentType];
    for (const type of types) {
      const place = `${type.name}.${field.name}`;
      const audience = rules.get(place);
      if (audience === undefined) throw new Error(`no access rule for ${place}`);
      if (!needs.has(audience)) needs.set(audience, place);
    }
  });
  return needs;
}

/** The first field that these roles may not read. Null when they may read all. */
export function findForbidden(needs: Needs, roles: readonly Role[]): string | null {
  for (const [audience, place] of needs) if (!isIn(audience, roles)) return place;
  return null;
}
