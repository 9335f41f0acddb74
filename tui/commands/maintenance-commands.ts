import type { CommandSpec } from './command-spec.ts';
import { type DuOptions, du } from './du.ts';
import { type FsckOptions, fsckStore } from './fsck.ts';
import { collect, type GcOptions } from './gc.ts';

/** The commands that look after a store. */
export const MAINTENANCE: readonly CommandSpec[] = [
  {
    name: 'gc',
    summary: 'Delete runs and free what they held',
    description:
      'Deletes the runs selected by the options, and frees the space only they used once the grace period ends. Without options it ' +
      'deletes no run, and frees what earlier calls left. Safe while flows are running. Arguments are flow names; with --undo, runs.',
    argument: '[FLOW...]',
    options: [
      { flags: '--keep-last <N>', help: 'Keep the newest N runs of each flow' },
      { flags: '--newer-than <AGE>', help: 'Keep runs younger than this: 12h, 30d, 8w' },
      { flags: '--tag <TAG>', help: 'Only runs with this tag; may be repeated', many: true },
      { flags: '--include-tagged', help: 'Delete tagged runs too' },
      { flags: '--failed', help: 'Only runs that failed' },
      { flags: '--crashed', help: 'Only runs whose process died' },
      { flags: '--interrupted', help: 'Only runs that were interrupted' },
      { flags: '--successful', help: 'Only runs that succeeded' },
      { flags: '-n, --dry-run', help: 'Only tell what would be deleted, and what that would free' },
      { flags: '-v, --verbose', help: 'With --dry-run: tell steps and artifacts apart' },
      { flags: '--grace <AGE>', help: 'How long deleted runs can be brought back (default: 14d)' },
      { flags: '--undo', help: 'Bring back the runs named, or else those of the last gc' },
      { flags: '--json', help: 'Print a JSON document (oxbow.gc/1)' },
    ],
    act: (words, options, host) => collect(words, options as GcOptions, host),
  },
  {
    name: 'fsck',
    summary: 'Check every byte of the store',
    description:
      'Checks every object, pack, index, ref, record and artifact of the store. Names what is damaged and which runs are affected; ' +
      'exits with 1 when anything is.',
    argument: '',
    options: [
      { flags: '--values', help: 'Decode every artifact too, without executing code from the store' },
      { flags: '--json', help: 'Print a JSON document (oxbow.fsck/1)' },
    ],
    act: (_, options, host) => fsckStore(options as FsckOptions, host),
  },
  {
    name: 'du',
    summary: 'Show what takes how much space',
    description:
      'Shows the bytes on disk of every flow, of every run of a flow, or of every artifact of a run, step or task, and the uncompressed bytes ' +
      'of their values. Exclusive bytes are held by nothing else: deleting frees them. Shared bytes others hold too.',
    argument: '[FLOW|ADDRESS]',
    options: [{ flags: '--json', help: 'Print a JSON document (oxbow.du/1)' }],
    act: ([address], options, host) => du(address, options as DuOptions, host),
  },
];
