import { existsSync } from 'node:fs';
import type { AddressError } from '#client';
import { type LoadFlowError, version } from '#core';
import { isFlowFile } from './flow-file.ts';
import { withoutEngineFrames } from './plain/frames.ts';
import { isSystemError, systemSentence } from './plain/system-error.ts';

/** Exit codes of the `flow` command. */
export const EXIT = {
  ok: 0,
  /** The flow failed or is wrong, nothing was found, the answer is no. */
  no: 1,
  /** The command line or a parameter is wrong. */
  usage: 2,
  /** A bug in Oxbow. */
  bug: 70,
  interrupted: 130,
} as const;

/** How a command ends that has thrown. */
export interface Verdict {
  /** What stands before the message: `error`. */
  readonly heading: string;
  /** May have several lines. */
  readonly message: string;
  /** What to do, one a line. */
  readonly hints: readonly string[];
  readonly code: number;
}

const USAGE = new Set([
  'UsageError',
  'ParameterError',
  'RunOptionError',
  'TagError',
  'AddressError',
  'ArgumentError',
  'ExpressionError',
  'PlotError',
]);

/**
 * Decides how a command ends that has thrown: errors raised on purpose, which carry their class name as `code`, are told as
 * they are, those of the operating system as a sentence on the file; anything else is our own bug and shows its stack.
 */
export function verdictOf(error: unknown): Verdict {
  if (!(error instanceof Error)) return bug(`threw ${String(error)}`, '');
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'string' && code === error.name) return expected(error, code);
  if (code === 'ERR_ACCESS_DENIED') return denied(error);
  if (isSystemError(error)) {
    return { heading: 'error', message: systemSentence(error), hints: [], code: EXIT.no };
  }
  return bug(error.message, error.stack ?? String(error));
}

/** What node's permission model forbids. */
function denied(error: Error & { readonly resource?: unknown }): Verdict {
  const what = typeof error.resource === 'string' && error.resource !== '' ? ` (${error.resource})` : '';
  return {
    heading: 'error',
    message: `Node's permission model forbids what this command does${what}: ${error.message}`,
    hints: ['Start it without --permission, or allow it by the options that begin with --allow-.'],
    code: EXIT.no,
  };
}

function expected(error: Error, code: string): Verdict {
  const { hints = [] } = error as { readonly hints?: readonly string[] };
  const { sentence, remedy } = ON_COMMAND_LINE[code]?.(error) ?? {};
  return {
    heading: 'error',
    message: withoutEngineFrames(sentence ?? error.message),
    hints: [...hints, ...(remedy ? [remedy] : [])],
    code: USAGE.has(code) ? EXIT.usage : EXIT.no,
  };
}

/** The words of the command line for messages that tell scripts what to do. */
const ON_COMMAND_LINE: Readonly<
  Record<string, (error: Error) => { readonly sentence: string | undefined; readonly remedy?: string }>
> = {
  NamespaceError: (error) => ({
    sentence: (error as { readonly sentence?: string }).sentence,
    remedy: 'Add --all-users to see the runs of everybody.',
  }),
  AddressError: (error) => {
    const { text } = error as AddressError;
    if (!isFlowFile(text)) return { sentence: undefined };
    return {
      sentence: `${JSON.stringify(text)} is a file, and an ADDRESS is needed: the name of the flow in it, such as ForeachFlow.`,
      remedy: 'flow runs lists the flows that have runs.',
    };
  },
  LoadFlowError: (error) => {
    const { file } = error as LoadFlowError;
    // The name of a flow, or an address, in place of its file.
    const isOther = !isFlowFile(file) && !existsSync(file);
    return {
      sentence: undefined,
      ...(isOther ? { remedy: 'FILE is the path of a flow file, such as foreach.ts.' } : {}),
    };
  },
};

function bug(message: string, stack: string): Verdict {
  const versions = `oxbow ${version}, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
  const lines = [
    message,
    'This is a bug in Oxbow. Please report it where you got Oxbow from, with the command you gave and these lines:',
    versions,
    stack,
  ];
  return { heading: 'internal error', message: lines.join('\n'), hints: [], code: EXIT.bug };
}
