import type { CommandSpec } from './command-spec.ts';
import { listTags, type TagListOptions, type TagWords, tagRun } from './tag.ts';

type ReplaceOptions = TagListOptions & TagWords;

/** What `flow tag` can do. */
export const TAG: readonly CommandSpec[] = [
  {
    name: 'add',
    summary: 'Add tags to a run',
    description: 'Adds tags to a run. One that is there already changes nothing.',
    argument: '<ADDRESS> <TAG...>',
    options: [],
    act: ([address = '', ...add], options, host) => tagRun(address, { add }, { options, host }),
  },
  {
    name: 'remove',
    summary: 'Remove tags from a run',
    description: 'Removes tags from a run. One that is not there changes nothing.',
    argument: '<ADDRESS> <TAG...>',
    options: [],
    act: ([address = '', ...remove], options, host) => tagRun(address, { remove }, { options, host }),
  },
  {
    name: 'replace',
    summary: 'Remove tags from a run and add others',
    description: 'Removes tags from a run, then adds others.',
    argument: '<ADDRESS>',
    options: [
      { flags: '--remove <TAG>', help: 'A tag to remove; may be repeated', many: true },
      { flags: '--add <TAG>', help: 'A tag to add; may be repeated', many: true },
    ],
    act: ([address = ''], options, host) => {
      const { remove = [], add = [] } = options as ReplaceOptions;
      return tagRun(address, { remove, add }, { options, host });
    },
  },
  {
    name: 'list',
    summary: 'Show the tags of a run',
    description: 'Shows the tags of a run, one a line, those that were given to it first.',
    argument: '<ADDRESS>',
    options: [
      { flags: '--hide-system-tags', help: 'Leave out the tags that Oxbow gave it' },
      { flags: '--json', help: 'Print a JSON document (oxbow.tags/1)' },
    ],
    act: ([address = ''], options, host) => listTags(address, options as TagListOptions, host),
  },
];
