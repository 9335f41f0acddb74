/** One move from a value to something inside it: a property, an array index, or any other move as text. */
export type PathStep = string | number | { readonly text: string };

/** The step to the value a Map holds under a key: `.get("k")`, or by position when the key has no short text. */
export function mapValueStep(key: unknown, position: number): PathStep {
  if (typeof key === 'string') return { text: `.get(${quote(key)})` };
  if (typeof key === 'bigint') return { text: `.get(${key}n)` };
  if (typeof key === 'number') return { text: `.get(${Object.is(key, -0) ? '-0' : key})` };
  if (typeof key === 'boolean' || key === null || key === undefined) return { text: `.get(${key})` };
  return memberStep('values', position);
}

/** The step to the nth key or value of a Map, or member of a Set: `.keys()[2]`. */
export const memberStep = (method: 'keys' | 'values', position: number): PathStep => ({
  text: `.${method}()[${position}]`,
});

/** A whole path, its middle left out when it is too long to read. */
export function pathText(root: string, steps: readonly PathStep[]): string {
  if (steps.length <= SHOWN * 2) return root + steps.map(stepText).join('');
  const left = steps.length - SHOWN * 2;
  return `${root}${steps.slice(0, SHOWN).map(stepText).join('')}…(${left} more)…${steps.slice(-SHOWN).map(stepText).join('')}`;
}

const SHOWN = 12;

function stepText(step: PathStep): string {
  if (typeof step === 'number') return `[${step}]`;
  if (typeof step === 'object') return step.text;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(step) ? `.${step}` : `[${quote(step)}]`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
