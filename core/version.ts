import { readFileSync } from 'node:fs';

/** Version of this package: put in by the build, else read from package.json beside the sources. */
export const version: string = process.env.OXBOW_BUILD_VERSION ?? readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
