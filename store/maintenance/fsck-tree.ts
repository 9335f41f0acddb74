import { MalformedObjectError } from '../git/errors.ts';
import { isDotGit } from '../git/tree-name.ts';
import type { ObjectId } from '../ids.ts';
import { ConfigSyntaxError, parseConfig } from './git-config.ts';
import { eachEntry, KIND } from './raw-tree.ts';

/** Files that git obeys, and whose content it therefore judges. */
export type SpecialFile = '.gitmodules' | '.gitattributes';

const KINDS = new Set<number>([KIND.tree, KIND.file, KIND.link, KIND.commit]);
const NULL_ID = '0'.repeat(40);

/** Which of git's rules a tree breaks; calls `found` for files whose content git judges. */
export function treeProblem(
  body: Buffer,
  found: (file: SpecialFile, id: ObjectId) => void,
): string | undefined {
  let problem: string | undefined;
  const order = new EntryOrder();
  try {
    eachEntry(body, (mode, id, { start, end }) => {
      const name = body.subarray(start, end);
      problem ??=
        (body[order.next] === 0x30 ? 'has a mode that begins with zero' : undefined) ??
        nameProblem(name.toString('utf8')) ??
        (id === NULL_ID ? `has "${name}", which names no object` : undefined) ??
        order.problem(name, (mode & KIND.mask) === KIND.tree);
      order.next = end + 21;
      if (!KINDS.has(mode & KIND.mask))
        problem ??= `has "${name}" with the mode ${mode.toString(8)}, which is none of git's`;
      const special = specialName(name.toString('utf8'));
      if (special === undefined) return;
      if ((mode & KIND.mask) !== KIND.link) found(special, id);
      else if (special === '.gitmodules') problem ??= 'has a symbolic link for .gitmodules';
    });
  } catch (error) {
    if (error instanceof MalformedObjectError) return `is no tree: ${error.problem}`;
    throw error;
  }
  return problem;
}

function nameProblem(name: string): string | undefined {
  if (name === '') return 'has an entry without a name';
  if (name === '.' || name === '..') return `has the entry "${name}"`;
  if (name.includes('/')) return `has the name ${JSON.stringify(name)} with a slash in it`;
  if (isDotGit(name)) return `has the name ${JSON.stringify(name)}, which some file systems take for ".git"`;
  return undefined;
}

/** Whether entries are in git's order, where a folder's name ends with a slash, and whether a name occurs twice. */
class EntryOrder {
  /** Where the next entry begins. */
  next = 0;
  #last: { readonly name: Buffer; readonly isTree: boolean } | undefined;
  /** Files that a later folder of the same name may follow, other names between them. */
  readonly #names = new Set<string>();

  problem(name: Buffer, isTree: boolean): string | undefined {
    const last = this.#last;
    this.#last = { name, isTree };
    const key = name.toString('latin1');
    if (this.#names.has(key)) return `has "${name}" twice`;
    this.#names.add(key);
    if (last === undefined) return undefined;
    const before = Buffer.compare(keyOf(last.name, last.isTree), keyOf(name, isTree));
    return before < 0 ? undefined : `has "${name}" out of order`;
  }
}

const keyOf = (name: Buffer, isTree: boolean): Buffer => (isTree ? Buffer.concat([name, SLASH]) : name);
const SLASH = Buffer.from('/');

// Each with the names that NTFS makes of it, the second one when the first four are taken.
const SPECIAL: readonly (readonly [SpecialFile, RegExp])[] = [
  [
    '.gitmodules',
    /^(?:\.gitmodules[ .]*(?::.*)?|gitmod~[1-4]|gi7eba~[1-9]|gi7eb~\d\d|gi7e~\d{3}|gi7~\d{4})$/,
  ],
  [
    '.gitattributes',
    /^(?:\.gitattributes[ .]*(?::.*)?|gitatt~[1-4]|gi7d29~[1-9]|gi7d2~\d\d|gi7d~\d{3}|gi7~\d{4})$/,
  ],
];

/** The special file that some file system would take a name for. */
export function specialName(name: string): SpecialFile | undefined {
  if (!/git|gi7|[^ -~]/i.test(name)) return undefined;
  const visible = name.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/gu, '').toLowerCase();
  return SPECIAL.find(([, pattern]) => pattern.test(visible))?.[0];
}

const MAX_ATTRIBUTES = 100 << 20;
const MAX_ATTRIBUTE_LINE = 2048;

/** Which rule the content of such a file breaks. */
export function specialProblem(file: SpecialFile, content: Buffer): string | undefined {
  return file === '.gitmodules' ? modulesProblem(content) : attributesProblem(content);
}

function attributesProblem(content: Buffer): string | undefined {
  if (content.length > MAX_ATTRIBUTES) return 'is a .gitattributes that is too large';
  for (let start = 0; start < content.length; ) {
    const end = content.indexOf(0x0a, start);
    if ((end < 0 ? content.length : end) - start >= MAX_ATTRIBUTE_LINE)
      return 'is a .gitattributes with a line that is too long';
    start = end < 0 ? content.length : end + 1;
  }
  return undefined;
}

function modulesProblem(content: Buffer): string | undefined {
  let settings: ReturnType<typeof parseConfig>;
  try {
    settings = parseConfig(content);
  } catch (error) {
    if (error instanceof ConfigSyntaxError) return undefined; // Git does not read it either.
    throw error;
  }
  for (const { name, value = '' } of settings) {
    const [, module, key] = /^submodule\.(.*)\.([^.]*)$/s.exec(name) ?? [];
    if (module === undefined) continue;
    if (module === '' || module.split(/[\\/]/).includes('..')) return 'is a .gitmodules with an illegal name';
    if (key === 'url' && !isSafeUrl(value)) return 'is a .gitmodules with an unsafe URL';
    if (key === 'path' && value.startsWith('-')) return 'is a .gitmodules with an unsafe path';
    if (key === 'update' && value.startsWith('!')) return 'is a .gitmodules that runs a command';
  }
  return undefined;
}

/** Not an option; of those that are put together or asked for by HTTP, no line feed once decoded, and not above the host. */
function isSafeUrl(url: string): boolean {
  const decoded = url.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  if (url.startsWith('-')) return false;
  if (!/^(?:\.\.?\/|(?:https?|ftps?):)/.test(url)) return true;
  if (decoded.includes('\n') || /^(?:\.\/)*(?:\.\.\/)+[:/]/.test(url)) return false;
  return !/^(?:https?|ftps?)(?:::(?!\w)|:\/{3})/.test(url);
}
