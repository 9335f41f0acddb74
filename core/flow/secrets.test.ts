import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { MASK, Secrets } from './secrets.ts';

const secrets = new Secrets(['hunter2', 'hunter2-and-more', 'quo"te', { token: 'deep-token', n: 1 }, 'abc']);

test('every form of a secret is masked, the longest first', () => {
  assert.equal(secrets.masked('a hunter2-and-more b hunter2'), `a ${MASK} b ${MASK}`);
  assert.equal(secrets.masked(JSON.stringify({ x: 'quo"te' })), `{"x":"${MASK}"}`);
  assert.equal(secrets.masked(`?q=${encodeURIComponent('quo"te')}`), `?q=${MASK}`);
  assert.equal(secrets.masked('deep-token'), MASK);
  // Too short to be told from other text.
  assert.equal(secrets.masked('abc 1'), 'abc 1');
});

test('a secret is masked in a stream wherever its pieces are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('hunter2', 'hunt', 'x', 'hunter2-and-more', '\n')),
      fc.nat(),
      (words, at) => {
        const text = words.join('');
        const bytes = Buffer.from(text);
        const cut = bytes.length > 0 ? at % bytes.length : 0;
        const stream = secrets.stream();
        const parts = [stream.take(bytes.subarray(0, cut)), stream.take(bytes.subarray(cut)), stream.end()];
        assert.doesNotMatch(Buffer.concat(parts).toString(), /hunter2/);
      },
    ),
  );
  const stream = secrets.stream();
  assert.equal(stream.take(Buffer.from('plain text')).toString(), 'plain text');
  assert.equal(new Secrets([]).stream().take(Buffer.from('as it is')).toString(), 'as it is');
});

test('a secret is found in whatever holds it', () => {
  const circular: { self?: object; deep: unknown } = { deep: [new Map([['k', new Set(['hunter2'])]])] };
  circular.self = circular;
  const holders = [
    'hunter2',
    'x hunter2 y',
    ['hunter2'],
    { hunter2: 1 },
    circular,
    Buffer.from('hunter2'),
    new Error('hunter2'),
    new Error('x', { cause: new Error('hunter2') }),
    new URL('https://x.y/?hunter2'),
    Buffer.from('hunter2').buffer,
    new Uint8Array(Buffer.from('-hunter2-')).buffer,
    new DataView(new Uint8Array(Buffer.from('hunter2')).buffer),
    Uint16Array.from([...'hunter2'].map((letter) => letter.charCodeAt(0))),
    new String('hunter2'),
    /hunter2/,
    new AggregateError([new Error('hunter2')]),
    Object.assign(new Error('x'), { name: 'hunter2' }),
  ];
  for (const value of holders) assert.equal(secrets.areIn(value), true, String(value));
  for (const value of ['hunter', 7, null, undefined, { a: ['b'] }, new Date(), new Float64Array(3)])
    assert.equal(secrets.areIn(value), false, String(value));
  assert.equal(new Secrets([]).areIn('hunter2'), false);
});

test('a secret that is no ASCII is found in bytes', () => {
  const accents = new Secrets(['pässwörd/…']);
  for (const value of ['pässwörd/…', Buffer.from('x pässwörd/…'), /pässwörd\/…/])
    assert.equal(accents.areIn(value), true, String(value));
});

test('in what is stored, a secret is found that is too long to be there by chance', () => {
  const long = new Secrets(['hunter2', 'hunter2-and-more']);
  assert.equal(long.areInStored(Buffer.from('{"x":"hunter2-and-more"}')), true);
  assert.equal(long.areInStored(Buffer.from('{"x":"hunter2"}')), false);
});

test('an exception is masked with its causes', () => {
  const record = {
    name: 'hunter2',
    code: 'hunter2',
    message: 'no hunter2',
    stack: 'at hunter2',
    cause: { name: 'E', message: 'hunter2' },
  };
  assert.doesNotMatch(JSON.stringify(secrets.maskedRecord(record)), /hunter2/);
});

const ODD = 'line 1 "q\'\nlïne2-✓\\x&<';

test('a secret is masked in every form that programs write', () => {
  const odd = new Secrets([ODD]);
  const shown = [
    inspect({ ODD }),
    new URLSearchParams({ k: ODD }).toString(),
    new URL(`https://x.y/?k=${encodeURIComponent(ODD)}`).href,
    Buffer.from(ODD).toString('hex'),
    ...['', 'u', 'us', 'user:'].flatMap((before) =>
      (['base64', 'base64url'] as const).map((encoding) =>
        Buffer.from(`${before}${ODD};`).toString(encoding),
      ),
    ),
  ];
  for (const text of shown) assert.match(odd.masked(text), /\*\*\*/, text);
  assert.ok(odd.masked(shown[0] ?? '').length < 20, 'all of it');
});

test('a secret is found in bytes of any width, and in a URL', () => {
  const odd = new Secrets([ODD]);
  const bytes = Buffer.from(ODD);
  const wide = Uint16Array.from(ODD, (character) => character.charCodeAt(0));
  const url = new URL(`https://x.y/?k=${encodeURIComponent(ODD)}`);
  for (const value of [bytes, wide, url, new Uint8Array(bytes).buffer, { url: url.href }])
    assert.equal(odd.areIn(value), true, inspect(value));
});

test('a secret is masked in the name and code of an error', () => {
  const record = { name: 'hunter2', message: 'x', code: 'E_hunter2' };
  assert.doesNotMatch(JSON.stringify(secrets.maskedRecord(record)), /hunter2/);
});
