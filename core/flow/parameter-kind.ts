import type { StandardSchemaV1 } from '@standard-schema/spec';
import { JSONType, type ParameterDeclaration } from './parameters.ts';

/** What a parameter takes. */
export type ParameterKind = 'number' | 'text' | 'boolean' | 'json' | 'list' | 'file' | 'schema';

/** What a parameter takes: said by its type, else, as in Metaflow, by its default; without either, a text. */
export function kindOf({
  declaration,
}: {
  readonly declaration: Pick<ParameterDeclaration, 'options' | 'file'>;
}): ParameterKind {
  const { type, separator, default: fallback } = declaration.options;
  if (declaration.file) return 'file';
  if (separator !== undefined) return 'list';
  if (type === JSONType) return 'json';
  if (type === Number) return 'number';
  if (type === Boolean) return 'boolean';
  if (type === String) return 'text';
  if (type !== undefined) return 'schema';
  if (typeof fallback === 'number') return 'number';
  if (typeof fallback === 'boolean') return 'boolean';
  return typeof fallback === 'object' ? 'json' : 'text';
}

/** Whether a type is a schema: an object or, with some libraries, a function. */
export const isSchema = (type: unknown): type is StandardSchemaV1 =>
  ((typeof type === 'object' && type !== null) || typeof type === 'function') && '~standard' in type;
