import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundTrip } from './fixtures.ts';

/** What an HTTP client throws: everything it had at hand hangs on it. */
class ClientError extends Error {
  code = 'ERR_BAD_REQUEST';
  status = 404;
  config = { url: 'http://example.test', transformRequest: [() => {}], adapter: () => {} };
  request: object;
  response: object;
  details = { retryable: false, at: new Date(0) };

  constructor(message: string) {
    super(message);
    this.name = 'ClientError';
    this.request = Object.assign(new (class Socket {})(), { error: this });
    this.response = { status: 404, headers: { a: '1' }, config: this.config, request: this.request };
    Object.defineProperty(this, Symbol('mark'), { value: true, enumerable: true });
    Object.defineProperty(this, 'lazy', {
      get: () => {
        throw new Error('no longer there');
      },
      enumerable: true,
    });
  }
}

test('an error loses what cannot be stored and keeps the rest', () => {
  const error = new ClientError('Request failed');
  const back = roundTrip({ error }) as { error: Error & Record<string, unknown> };
  assert.ok(back.error instanceof Error);
  const { name, message, stack } = back.error;
  assert.deepEqual([name, message, stack], ['ClientError', 'Request failed', error.stack]);
  assert.deepEqual(
    { ...back.error },
    {
      name: 'ClientError',
      code: 'ERR_BAD_REQUEST',
      status: 404,
      details: { retryable: false, at: new Date(0) },
    },
  );
});

test('so do its causes and the errors it gathers', () => {
  const all = new AggregateError(
    [new ClientError('one'), new Error('two', { cause: new ClientError('three') })],
    'all',
    {
      cause: { notify: () => {} },
    },
  );
  const back = roundTrip(all) as AggregateError;
  assert.equal(back.message, 'all');
  assert.ok(!('cause' in back));
  const [one, two] = back.errors as [ClientError, Error];
  assert.deepEqual([one.message, one.status, two.message], ['one', 404, 'two']);
  assert.equal((two.cause as ClientError).code, 'ERR_BAD_REQUEST');
});

test('errors that refer to each other keep doing so', () => {
  const first: Error & { other?: unknown } = new Error('first');
  const second: Error & { other?: unknown } = new Error('second', { cause: first });
  first.other = second;
  second.other = { first, second };
  const back = roundTrip(first) as typeof first & { other: typeof second };
  assert.equal(back.other.cause, back);
  assert.deepEqual(Object.keys(back.other.other as object), ['first', 'second']);
  assert.equal((back.other.other as { second: unknown }).second, back.other);
});

test('a chain of errors is tried in time that does not explode', () => {
  let error: Error & { context?: unknown } = new Error('0');
  for (let i = 1; i <= 100; i++)
    error = Object.assign(new Error(String(i), { cause: error }), { context: { i } });
  const started = performance.now();
  let back = roundTrip(error) as typeof error;
  for (let i = 100; i > 0; i--) {
    assert.deepEqual([back.message, back.context], [String(i), { i }]);
    back = back.cause as typeof error;
  }
  assert.ok(performance.now() - started < 2000);
});
