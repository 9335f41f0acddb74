/**
 * A test for paths by globs, as git takes them: `*` stands for anything, `/` included, and `?` for one character; a glob that matches a folder
 * matches all that is in it.
 */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.map(patternOf);
  return (path) => patterns.some((pattern) => pattern.test(path));
}

function patternOf(glob: string): RegExp {
  const parts = glob.replace(/\/$/, '').split(/(\*+|\?)/);
  const source = parts.map((part) =>
    part.startsWith('*') ? '.*' : part === '?' ? '.' : part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}(?:/.*)?$`, 'su');
}
