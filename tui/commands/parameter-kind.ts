import { type FlowParameter, JSONType } from '#core';

/** What a parameter takes on the command line. */
export type ParameterKind = 'number' | 'text' | 'boolean' | 'json' | 'list' | 'file' | 'schema';

/** What a parameter takes: said by its type, else by its default. */
export function kindOf({ declaration }: FlowParameter): ParameterKind {
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
