import { environment } from '#store';

/** How this process resolves the names of modules, as node was told. */
export interface Resolution {
  /** Conditions of package.json's `exports` and `imports` beside those of an import or a require. */
  readonly conditions: readonly string[];
  readonly preserveSymlinks: boolean;
}

/** The resolution of this process, by its own options and those of NODE_OPTIONS. */
export function resolutionHere(): Resolution {
  return resolutionOf([...wordsOf(environment.nodeOptions), ...process.execArgv]);
}

/** The resolution that options of node ask for. */
export function resolutionOf(words: readonly string[]): Resolution {
  const conditions = new Set<string>();
  let preserveSymlinks = false;
  let hasAddons = true;
  for (let i = 0; i < words.length; i += 1) {
    const [name = '', ...rest] = (words[i] ?? '').split('=');
    const option = name.replaceAll('_', '-');
    if (option === '--conditions' || option === '-C') {
      const value = rest.length > 0 ? rest.join('=') : words[++i];
      if (value) conditions.add(value);
    }
    if (option === '--preserve-symlinks') preserveSymlinks = true;
    if (option === '--no-addons') hasAddons = false;
  }
  if (hasAddons) conditions.add('node-addons');
  if (requiresModules()) conditions.add('module-sync');
  return { conditions: [...conditions], preserveSymlinks };
}

/** Whether this node has a condition for modules that may be required, as it has since 22.10. */
function requiresModules(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const features: { readonly require_module?: boolean } = process.features;
  return features.require_module === true && (major > 22 || (major === 22 && minor >= 10));
}

/** The words of a NODE_OPTIONS: spaces part them, save in double quotes; a backslash in those takes the next character as it is. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const letter = text[i] ?? '';
    if (letter === '"') {
      isQuoted = !isQuoted;
      word ??= '';
    } else if (letter === ' ' && !isQuoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      if (letter === '\\' && isQuoted) i += 1;
      word = (word ?? '') + (text[i] ?? '');
    }
  }
  return word === undefined ? words : [...words, word];
}
