import type { HelpEntry } from './plain/help.ts';

/** What FILE and ADDRESS stand for. */
export const ADDRESSES: readonly HelpEntry[] = [
  { option: 'file.ts', text: ['a flow file; file.ts#Class when it holds several flows'] },
  { option: 'ForeachFlow', text: ['the latest run of a flow; ForeachFlow~1 the one before'] },
  { option: 'ForeachFlow@ok', text: ['the latest successful run; @failed, @TAG: that failed, with a tag'] },
  { option: 'ForeachFlow/20261122', text: ['the run whose id starts with this'] },
  { option: 'ForeachFlow/latest/a/2', text: ['a task; ForeachFlow/latest/a its step, * all tasks'] },
  { option: 'ForeachFlow@ok/end/0/cfg', text: ['an artifact; cfg#opt.lr a part of its value'] },
];

/** Options that every command takes. */
export const EVERYWHERE: readonly HelpEntry[] = [
  { option: '--width N', text: ['write for a terminal of N columns'] },
  { option: '--ascii', text: ['only ASCII characters'] },
  { option: '--color WHEN', text: ['auto, always or never'] },
  { option: '--no-pager', text: ['do not show long output through $FLOW_PAGER or $PAGER'] },
];

/** How `flow cat` tells programs what JSON has no word for. */
export const IN_JSON: readonly HelpEntry[] = [
  { option: 'NaN, bigint', text: ['strings: "NaN", "Infinity", "12345678901234567890"'] },
  { option: 'Date, URL, RegExp', text: ['strings; dates in ISO 8601'] },
  { option: 'Map', text: ['an object when all keys are strings, else a list of [key, value]'] },
  { option: 'Set, typed array', text: ['a list'] },
  { option: 'Buffer', text: ['base64 within a value, bytes on its own'] },
  { option: 'Error', text: ['an object with name, message, cause and its own fields'] },
  { option: 'Arrow table', text: ['a list of rows within a value, one row a line on its own'] },
  { option: 'undefined', text: ['null, but left out of objects'] },
  { option: 'cycle', text: ['{ "$ref": "#path" } with the path of the value that holds itself'] },
];
