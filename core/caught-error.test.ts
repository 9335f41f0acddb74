// What @catchError stores: an error, whatever was thrown, of a size that fits, and without what is nobody's business.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { ArtifactReader, PackSink, Repository, storeValue } from '#store';
import { caughtError } from './caught-error.ts';
import { exceptionOf } from './exceptions.ts';

const folder = mkdtempSync(join(tmpdir(), 'oxbow-caught-'));
const repository = Repository.create(join(folder, '.flow'));
after(() => {
  repository.close();
  rmSync(folder, { recursive: true, force: true });
});

type Fields = Error & Readonly<Record<string, unknown>>;

/** A caught error as its artifact gives it back, and the bytes it takes. */
function kept(thrown: unknown): { readonly error: Fields; readonly size: number } {
  const sink = new PackSink();
  const { entry, size } = storeValue('problem', caughtError(thrown), sink);
  for (const object of sink.take()) repository.hold(object);
  return { error: new ArtifactReader(repository, entry).load() as Fields, size };
}

function chain(length: number): Error {
  let error = new Error('root');
  for (let i = 1; i < length; i++) error = new Error(`level ${i}`, { cause: error });
  return error;
}

test('an error stays what it is: class, name, message, code, stack, causes and plain fields', () => {
  class HttpError extends TypeError {
    code = 'E404';
    status = 404;
    retryAt = new Date(5);
    issues = [{ path: ['a', 0], message: 'too long' }];
  }
  const thrown = new HttpError('not found', { cause: new RangeError('far') });
  thrown.name = 'HttpError';
  const { error } = kept(thrown);
  assert.ok(error instanceof TypeError);
  assert.deepEqual([error.name, error.message, error.stack], ['HttpError', 'not found', thrown.stack]);
  assert.deepEqual(
    { ...error },
    { code: 'E404', status: 404, retryAt: new Date(5), issues: [{ path: ['a', 0], message: 'too long' }] },
  );
  assert.ok(error.cause instanceof RangeError);
});

test('an error of an HTTP client loses its request and keeps what happened', () => {
  const config = { url: 'https://api.test/v1', headers: { Authorization: 'Bearer abcdefghijklmnopqrst' } };
  const thrown = Object.assign(new Error('Request failed with status code 401'), {
    ...{ name: 'AxiosError', code: 'ERR_BAD_REQUEST', status: 401, isAxiosError: true, config },
    request: { path: '/v1', _header: 'Authorization: Bearer abcdefghijklmnopqrst' },
    response: { status: 401, headers: { 'set-cookie': ['id=abc'] }, config, data: { error: 'no' } },
    details: {
      retryable: false,
      headers: { cookie: 'id=abc' },
      apiKey: 'abcdefgh',
      token: 'abcdefgh',
      tokens: { used: 5 },
    },
  });
  const { error } = kept(thrown);
  assert.equal(error.name, 'AxiosError');
  assert.deepEqual(
    { ...error },
    {
      ...{ code: 'ERR_BAD_REQUEST', status: 401, isAxiosError: true },
      details: { retryable: false, apiKey: '***', token: '***', tokens: { used: 5 } },
      leftOut: ['config', 'request', 'response'],
    },
  );
});

const SECRETS: readonly (readonly [string, string])[] = [
  ['connect postgres://app:hunter22@db.test/x failed', 'connect postgres://app:***@db.test/x failed'],
  ['sent Authorization: Bearer abcdefghijklmnop.qrst', 'sent Authorization: Bearer ***'],
  ['x-api-key: abcdef1234', 'x-api-key: ***'],
  ['GET https://x.test/a?id=1&api_key=abcdef12&n=2', 'GET https://x.test/a?id=1&api_key=***&n=2'],
  ['Incorrect API key provided: sk-abcdefghijklmnopqrstuv.', 'Incorrect API key provided: ***.'],
  ['{"password":"hunter22","n":1}', '{"password":"***","n":1}'],
];

for (const [text, masked] of SECRETS) {
  test(`what looks like a secret is masked: ${masked}`, () => {
    const { error } = kept(new Error(text, { cause: { text } }));
    assert.equal(error.message, masked);
    const secret = /hunter22|abcdef/;
    for (const shown of [
      error.message,
      error.stack,
      JSON.stringify(error.cause),
      JSON.stringify(exceptionOf(new Error(text))),
    ])
      assert.doesNotMatch(String(shown), secret);
    assert.match(error.message, /\*\*\*/);
  });
}

test('what is no secret is left as it is', () => {
  for (const text of [
    'token expected at line 3',
    'Unexpected token } in JSON',
    'see http://a.test:80/x@y',
    'Basic usage',
    'Unexpected token: punc (})',
    'unique constraint "pk_customer_orders_by_year"',
    'Invalid credentials: user not found',
    'wrong password: expected 8 characters',
  ])
    assert.equal(kept(new Error(text)).error.message, text);
});

test('causes without end are cut, with a note, and the error is there', () => {
  for (const length of [1, 49, 400, 600, 20_000]) {
    const { error, size } = kept(chain(length));
    assert.equal(error.message, length === 1 ? 'root' : `level ${length - 1}`);
    assert.ok(size < 300_000, `${size} bytes`);
    if (length < 50) continue;
    let last: Error = error;
    while (last.cause instanceof Error) last = last.cause;
    assert.match(last.message, /causes of this error are left out/);
  }
});

test('very many errors and very long texts are cut, with a note', () => {
  const many = new AggregateError(
    Array.from({ length: 1_000_000 }, (_, i) => (i < 200 ? new Error(`e${i}`) : i)),
    'all',
  );
  const { error, size } = kept(many);
  const errors = error.errors as Error[];
  assert.deepEqual([errors.length, errors[0]?.message], [101, 'e0']);
  assert.match(errors.at(-1)?.message ?? '', /999900 more errors are left out/);
  assert.ok(size < 3_000_000, `${size} bytes`);
  const long = kept(new Error(`begin ${'x'.repeat(20_000_000)} end`));
  assert.match(long.error.message, /^begin x+… \(19,.* characters left out\) …x+ end$/);
  assert.match(long.error.stack ?? '', /caught-error\.test/);
  assert.ok(long.size < 200_000, `${long.size} bytes`);
  assert.ok(JSON.stringify(exceptionOf(new Error('x'.repeat(20_000_000)))).length < 100_000);
});

test('errors that refer to each other keep doing so', () => {
  const first: Error & { other?: unknown } = new Error('first');
  first.cause = new Error('second', { cause: first });
  first.other = first;
  const { error } = kept(first);
  assert.equal(error.other, error);
  assert.equal((error.cause as Error).cause, error);
});

const never = (): never => assert.fail('never readable');

/** What may be thrown, and what the message of the error is then. */
const THROWN: readonly (readonly [string, () => unknown, string | RegExp])[] = [
  ['null', () => null, 'A step threw null, not an Error.'],
  ['undefined', () => undefined, 'A step threw undefined, not an Error.'],
  ['a symbol', () => Symbol('s'), 'A step threw Symbol(s), not an Error.'],
  ['a function', () => () => 1, /^A step threw \(\) ?=> ?1, not/],
  ['a bigint', () => 5n, /^A step threw .*, not an Error\.$/],
  ['a long text', () => 'x'.repeat(2e7), /^A step threw "x{400,}…, not/],
  ['a huge list', () => new Array(5_000_000).fill(7), /^A step threw \[7,.*…, not/],
  ['an object that lies', () => ({ toJSON: never }), /^A step threw object, not/],
  ['a revoked proxy', () => revoked(), /^A step threw object, not/],
  [
    'a proxy that throws',
    () => new Proxy({}, { getPrototypeOf: never, get: never }),
    /^A step threw object, not/,
  ],
  ['a proxy of an error', () => new Proxy(new Error('m'), { get: never, ownKeys: never }), ''],
  ['an error whose getters throw', () => unreadable(), ''],
  [
    'an error with a getter that throws',
    () => Object.defineProperty(new Error('m'), 'x', { get: never, enumerable: true }),
    'm',
  ],
  [
    'an error of another realm',
    () => runInNewContext('Object.assign(new RangeError("far"), { a: { b: 1 } })'),
    'far',
  ],
  [
    'an error with odd fields',
    () =>
      Object.assign(new Error('m'), {
        f() {},
        map: new Map(),
        big: 7n ** 9999n,
        s: Symbol('s'),
        cyclic: cyclic(),
      }),
    'm',
  ],
  ['an error with bytes', () => Object.assign(new Error('m'), { data: Buffer.alloc(5e6) }), 'm'],
  [
    'an error with an odd name',
    () => Object.assign(new Error('m'), { name: 'n'.repeat(1e6), code: {} }),
    'm',
  ],
  ['an error made by hand', () => Object.create(Error.prototype), ''],
  ['half a character', () => new Error('\ud800 x'), '\ud800 x'],
];

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function unreadable(): Error {
  const error = new Error('m');
  assert.ok(error.stack); // It is made when it is asked for, of the message.
  return Object.defineProperties(error, { message: { get: never }, stack: { get: never } });
}

function cyclic(): object {
  const object: Record<string, unknown> = {};
  object.self = object;
  return object;
}

for (const [name, make, message] of THROWN) {
  test(`an error is there whatever was thrown: ${name}`, () => {
    const { error, size } = kept(make());
    assert.ok(error instanceof Error);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    assert.ok(size < 100_000, `${size} bytes`);
    assert.equal(typeof exceptionOf(make()).message, 'string');
  });
}
