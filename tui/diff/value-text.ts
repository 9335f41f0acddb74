/** The form of a value, as value.json has it, on one line: what JSON has no word for as JavaScript writes it, the rest as JSON. */
export function formText(form: unknown): string {
  const [tag, payload] = soleEntry(form) ?? [];
  switch (tag) {
    case '$number':
    case '$Date':
      return String(payload);
    case '$bigint':
      return `${payload}n`;
    case '$undefined':
      return 'undefined';
    default:
      return JSON.stringify(form) ?? 'undefined';
  }
}

/** A number with the digits that tell it apart from others, and its sign where it is a change. */
export function changeText(form: unknown): string {
  if (typeof form !== 'number') {
    const [tag, payload] = soleEntry(form) ?? [];
    return `${tag === '$bigint' && !String(payload).startsWith('-') ? '+' : ''}${formText(form)}`;
  }
  return `${form > 0 ? '+' : ''}${numberText(form)}`;
}

/** A number for people: six digits, unless it is whole. */
export function numberText(form: unknown): string {
  if (typeof form !== 'number') return form === null ? '-' : formText(form);
  return Number.isInteger(form) && Math.abs(form) < 1e15 ? String(form) : String(Number(form.toPrecision(6)));
}

function soleEntry(form: unknown): [string, unknown] | undefined {
  if (typeof form !== 'object' || form === null || Array.isArray(form)) return undefined;
  const entries = Object.entries(form);
  return entries.length === 1 ? entries[0] : undefined;
}
