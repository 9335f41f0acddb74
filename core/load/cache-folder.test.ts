import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { cacheFolder } from './cache-folder.ts';

/** Sets environment variables for one test. */
function given(t: TestContext, variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    t.after(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
    process.env[name] = value;
  }
}

function home(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'oxbow-home-')));
  t.after(() => {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

test('it lies in the cache of the user', (t) => {
  const HOME = home(t);
  given(t, { HOME, XDG_CACHE_HOME: '' });
  assert.equal(cacheFolder(), join(HOME, '.cache/oxbow/compiled'));
  given(t, { XDG_CACHE_HOME: join(HOME, 'caches') });
  assert.equal(cacheFolder(), join(HOME, 'caches/oxbow/compiled'));
  given(t, { XDG_CACHE_HOME: 'not/absolute' });
  assert.equal(cacheFolder(), join(HOME, '.cache/oxbow/compiled'));
});

test('a home that is relative is none', (t) => {
  for (const HOME of ['', 'oxbow-relative-home', '.']) {
    given(t, { HOME, XDG_CACHE_HOME: '' });
    assert.ok(!cacheFolder().startsWith(process.cwd()), HOME);
    assert.ok(!existsSync('.cache') && !existsSync('oxbow-relative-home'));
  }
});

test('where there is neither, the variable that names one is told', () => {
  const code = `import { cacheFolder } from ${JSON.stringify(new URL('./cache-folder.ts', import.meta.url).href)}; process.env.HOME = process.env.TMPDIR = '/dev/null'; cacheFolder();`;
  const { stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    env: { ...process.env, XDG_CACHE_HOME: '' },
    encoding: 'utf8',
  });
  assert.match(
    stderr,
    /NoCacheFolderError.*neither .* nor to the temporary folder \/dev\/null\. .* XDG_CACHE_HOME\./,
  );
});

test('where that cannot be had, it is the process’s own', (t) => {
  const HOME = home(t);
  given(t, { HOME, XDG_CACHE_HOME: '' });
  // Others may write there; and a home may be no folder at all.
  chmodSync(HOME, 0o777);
  given(t, { XDG_CACHE_HOME: HOME });
  const folder = cacheFolder();
  assert.ok(!folder.startsWith(HOME));
  assert.equal(lstatSync(folder).mode & 0o777, 0o700);
  given(t, { HOME: '/dev/null', XDG_CACHE_HOME: '' });
  assert.equal(cacheFolder(), folder);
  assert.ok(existsSync(folder));
});
