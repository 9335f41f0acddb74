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

/**
 * Whether the type of a parameter is that of what its default, a function, gives: it has no type of its own. Until the function is called,
 * which it is only when no value is given, the type is not known; a value that is given is taken as it is.
 */
export const hasOpenType = ({ options, file }: Pick<ParameterDeclaration, 'options' | 'file'>): boolean =>
  !file &&
  options.type === undefined &&
  options.separator === undefined &&
  typeof options.default === 'function';

/** Whether a type is a schema: an object or, with some libraries, a function. */
export const isSchema = (type: unknown): type is StandardSchemaV1 =>
  ((typeof type === 'object' && type !== null) || typeof type === 'function') && '~standard' in type;
