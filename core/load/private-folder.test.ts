import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { privateFolder, userFolder } from './private-folder.ts';

function base(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'oxbow-private-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('it is made for its user alone', (t) => {
  const home = base(t);
  const folder = privateFolder(join(home, 'not/yet'), ['oxbow', 'compiled']);
  assert.equal(folder, join(home, 'not/yet/oxbow/compiled'));
  assert.equal(lstatSync(folder).mode & 0o777, 0o700);
  assert.equal(privateFolder(join(home, 'not/yet'), ['oxbow', 'compiled']), folder);
});

const PLANTED: Readonly<Record<string, (home: string) => void>> = {
  'a link': (home) => {
    mkdirSync(join(home, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(home, 'elsewhere'), join(home, 'oxbow'));
  },
  'a link that leads nowhere': (home) => symlinkSync(join(home, 'elsewhere'), join(home, 'oxbow')),
  'a file': (home) => writeFileSync(join(home, 'oxbow'), ''),
  'a folder that everybody writes to': (home) => {
    mkdirSync(join(home, 'oxbow'));
    chmodSync(join(home, 'oxbow'), 0o777);
  },
  'a folder that a group writes to': (home) => {
    mkdirSync(join(home, 'oxbow'));
    chmodSync(join(home, 'oxbow'), 0o770);
  },
};

for (const [name, plant] of Object.entries(PLANTED)) {
  test(`it is not to be had where ${name} is in its place`, (t) => {
    const home = base(t);
    plant(home);
    assert.equal(privateFolder(home, ['oxbow', 'compiled']), undefined);
    assert.equal(existsSync(join(home, 'elsewhere/compiled')), false);
  });
}

test('nor where everybody may exchange it, unless everybody keeps their hands off what is not theirs', (t) => {
  const home = base(t);
  chmodSync(home, 0o777);
  assert.equal(privateFolder(home, ['oxbow']), undefined);
  chmodSync(home, 0o1777);
  assert.equal(privateFolder(home, ['oxbow']), join(home, 'oxbow'));
});

test('nor below a file or a folder of somebody else', (t) => {
  const home = base(t);
  assert.equal(privateFolder('/proc/none/at/all', ['oxbow']), undefined);
  writeFileSync(join(home, 'file'), '');
  assert.equal(privateFolder(join(home, 'file'), ['oxbow']), undefined);
  const real = process.geteuid?.bind(process);
  t.after(() => Object.assign(process, { geteuid: real }));
  Object.assign(process, { geteuid: () => 4_000_000 });
  assert.equal(privateFolder(home, ['oxbow']), undefined);
});

test('a home that is no absolute path, or is not there, is none, and is not made', (t) => {
  const folder = base(t);
  const { HOME } = process.env;
  const cwd = process.cwd();
  t.after(() => {
    process.chdir(cwd);
    process.env.HOME = HOME;
  });
  process.chdir(folder);
  mkdirSync('project/.cache', { recursive: true });
  for (const home of ['', '.', 'project', './project', join(folder, 'nobody')]) {
    process.env.HOME = home;
    assert.equal(userFolder(undefined, '.cache', ['oxbow']), undefined, home);
    assert.equal(userFolder('project', '.cache', ['oxbow']), undefined, home);
  }
  assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), ['project', 'project/.cache']);
  assert.equal(userFolder(join(folder, 'caches'), '.cache', ['oxbow']), join(folder, 'caches/oxbow'));
  process.env.HOME = join(folder, 'project');
  assert.equal(userFolder('', '.cache', ['oxbow']), join(folder, 'project/.cache/oxbow'));
});
