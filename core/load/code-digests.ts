import { createHash } from 'node:crypto';
import { stepMethods } from '../flow/steps.ts';

/** What a flow's code is told apart by. All are SHA-256, in hex. */
export interface CodeDigests {
  /** The compiled text of each step's method. */
  readonly steps: ReadonlyMap<string, string>;
  /** All compiled text around the steps: what they may call. */
  readonly shared: string;
}

/** Digests of the step methods of a flow. */
export function stepDigests(flow: { readonly prototype: object }): Map<string, string> {
  return new Map([...stepMethods(flow)].map(([name, method]) => [name, sha256(method.toString())]));
}

/**
 * Digests of a flow compiled into one module of this text. Of packages, which stay outside of the module, only the names are in
 * it: a new version of a package is no change.
 */
export function codeDigests(flow: { readonly prototype: object }, module: string): CodeDigests {
  let around = module.replace(/^\/\/# sourceMappingURL=.*$/m, '');
  for (const method of stepMethods(flow).values()) around = around.replace(method.toString(), () => '');
  return { steps: stepDigests(flow), shared: sha256(around) };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
