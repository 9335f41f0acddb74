// Small projects on disk for the tests of how flows are compiled.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Bundle, bundleFlow } from './bundle.ts';

/** A folder with files in it, of which `entry.ts` is the flow. Only tests use it. */
export class BundleProject implements Disposable {
  readonly folder: string;
  readonly cache: string;
  #clock = Date.now() / 1000 - 1000;

  constructor(files: Readonly<Record<string, string>>) {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'oxbow-bundle-')));
    this.folder = join(root, 'project');
    this.cache = join(root, 'cache');
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  /** Writes a file, seen as later than the one before, however fast the test is. */
  write(name: string, text: string): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    this.#clock += 10;
    utimesSync(path, this.#clock, this.#clock);
  }

  /** Compiles the entry, or finds it compiled. */
  compile(): Promise<Bundle> {
    return bundleFlow(join(this.folder, 'entry.ts'), this.cache);
  }

  /** What the compiled entry exports. */
  async load(): Promise<Readonly<Record<string, unknown>>> {
    return import(pathToFileURL((await this.compile()).file).href);
  }

  [Symbol.dispose](): void {
    rmSync(dirname(this.folder), { recursive: true, force: true });
  }
}
