import { UsageError } from '../usage.ts';

/** Where a debugger is to find the process of a task, and whether that waits for it. */
export interface InspectWords {
  readonly host: string;
  readonly port: number;
  readonly wait: boolean;
}

/** As Node listens when it is not told where. */
const DEFAULT = { host: '127.0.0.1', port: 9229 } as const;

/** Reads `--inspect[=[HOST:]PORT]` and `--inspect-brk`. Throws UsageError. */
export function inspectWords(own: ReadonlyMap<string, readonly string[]>): InspectWords | undefined {
  const [name, values] = [...own].find(([one]) => one === 'inspect' || one === 'inspect-brk') ?? [];
  if (name === undefined || values === undefined) return undefined;
  const given = [...(own.get('inspect') ?? []), ...(own.get('inspect-brk') ?? [])];
  const [text = '', other] = given;
  if (other !== undefined) throw new UsageError('Give --inspect or --inspect-brk, and once.');
  return { ...placeOf(text, name), wait: name === 'inspect-brk' };
}

function placeOf(text: string, name: string): { readonly host: string; readonly port: number } {
  if (text === '') return DEFAULT;
  const [, host = DEFAULT.host, digits = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits !== '' && port < 65_536) return { host, port };
  throw new UsageError(
    `The option --${name} takes a port, as in --${name}=9230, but was given ${JSON.stringify(text)}.`,
  );
}
