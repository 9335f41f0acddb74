import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { isSystemError, systemSentence } from './system-error.ts';

function sentenceOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(isSystemError(error));
    return systemSentence(error);
  }
  throw new Error('nothing was thrown');
}

const FAILURES: readonly (readonly [action: () => unknown, sentence: string])[] = [
  [() => readFileSync('/no/where'), 'Cannot open /no/where: it does not exist (ENOENT).'],
  [() => writeFileSync('/proc', ''), 'Cannot open /proc: it is a folder, not a file (EISDIR).'],
  [
    () => readdirSync('/etc/hostname'),
    'Cannot list the folder /etc/hostname: a part of the path is a file, not a folder (ENOTDIR).',
  ],
  [() => mkdirSync('/'), 'Cannot make the folder /: it exists already (EEXIST).'],
  [() => rmdirSync('/usr'), 'Cannot remove the folder /usr: '],
  [
    () => openSync(`/${'x'.repeat(300)}`, 'r'),
    `Cannot open /${'x'.repeat(300)}: the name is longer than the system allows (ENAMETOOLONG).`,
  ],
  [() => execFileSync('/no/program'), 'Cannot start /no/program: it does not exist (ENOENT).'],
];

for (const [action, sentence] of FAILURES) {
  test(sentence.slice(0, 70), () => {
    const told = sentenceOf(action);
    assert.ok(told.startsWith(sentence), told);
  });
}

test('a program that cannot be started is named', async () => {
  const [error] = await once(spawn('/no/program'), 'error').catch((thrown: unknown) => [thrown]);
  assert.match(systemSentence(error), /^Cannot start \/no\/program: /);
});

test('errors without a file, and of calls and codes nobody foresaw, are sentences too', () => {
  const message = 'ENOSPC: no space left on device, write';
  assert.equal(
    systemSentence({ code: 'ENOSPC', syscall: 'write', message }),
    'Cannot write to a file: no space is left on the disk (ENOSPC). Free some, for example with flow gc, and try again.',
  );
  assert.equal(
    systemSentence({
      code: 'EWEIRD',
      syscall: 'futz',
      path: '/x',
      message: "EWEIRD: it went wrong, futz '/x'",
    }),
    'Cannot futz: /x: it went wrong (EWEIRD).',
  );
  const rename = { code: 'EXDEV', syscall: 'rename', path: '/a', dest: '/b', message: '' };
  assert.equal(systemSentence(rename), 'Cannot rename /a to /b: it would move to another disk (EXDEV).');
});

test('what is no error of the operating system is none', () => {
  for (const error of [new Error('x'), undefined, null, 'x', { code: 'x' }]) assert.ok(!isSystemError(error));
});
