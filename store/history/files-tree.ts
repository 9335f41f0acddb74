import type { ObjectSink } from '../codec/objects.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { ObjectId } from '../ids.ts';

/** Stores files, by path with `/`, as a tree of folders. Returns its id. */
export function filesTree(files: ReadonlyMap<string, Uint8Array>, sink: ObjectSink): ObjectId {
  const entries: TreeEntry[] = [];
  const folders = new Map<string, Map<string, Uint8Array>>();
  for (const [path, bytes] of files) {
    const slash = path.indexOf('/');
    if (slash < 0) {
      entries.push({ mode: '100644', name: path, id: sink.blob(bytes) });
      continue;
    }
    const name = path.slice(0, slash);
    const inner = folders.get(name) ?? new Map<string, Uint8Array>();
    inner.set(path.slice(slash + 1), bytes);
    folders.set(name, inner);
  }
  for (const [name, inner] of folders) entries.push({ mode: '40000', name, id: filesTree(inner, sink) });
  return sink.tree(entries);
}
