import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { realpathSync } from 'node:fs';
import type { CodeSeal } from '#store';
import { userKey } from './user-key.ts';

/** What of a run decides which code is executed for it. */
export interface SealedCode {
  readonly flow: string;
  readonly id: string;
  /** The flow's file within its code, and its class. */
  readonly entry: string;
  readonly class: string;
  /** Content by path within the code. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Seals the code of a run that this user makes, and the file that was executed. Only who has the user's key can make a seal, and it fits no other
 * run, code or file: so a run that was copied, fetched or planted cannot name what is executed. Undefined where no key can be kept.
 */
export function sealCode(code: SealedCode, file: string): CodeSeal | undefined {
  const key = userKey({ make: true });
  return key && { code: seal(key, factsOf(code)), file: seal(key, [...factsOf(code), realpathSync(file)]) };
}

/** Whether this user made the run with this very code. */
export function isOwnCode(code: SealedCode, given: CodeSeal | undefined): boolean {
  const key = given && userKey({ make: false });
  return key !== undefined && given !== undefined && isEqual(given.code, seal(key, factsOf(code)));
}

/** Whether this user made the run from the file at a path, whatever it holds by now. */
export function isOwnFile(code: SealedCode, file: string, given: CodeSeal | undefined): boolean {
  const key = given && userKey({ make: false });
  if (key === undefined || given === undefined) return false;
  return isEqual(given.file, seal(key, [...factsOf(code), realpathSync(file)]));
}

function factsOf({ flow, id, entry, class: name, files }: SealedCode): string[] {
  const digests = [...files].map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')]);
  return [flow, id, entry, name, JSON.stringify(digests.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)))];
}

// As JSON, two lists of strings never read the same.
const seal = (key: Buffer, facts: readonly string[]): string =>
  createHmac('sha256', key)
    .update(JSON.stringify(['oxbow code seal 1', ...facts]))
    .digest('hex');

function isEqual(a: string, b: string): boolean {
  const [one, two] = [Buffer.from(a), Buffer.from(b)];
  return one.length === two.length && timingSafeEqual(one, two);
}
