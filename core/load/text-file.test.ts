import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodedText, EncodingError, withoutMark } from './text-file.ts';

test('a byte order mark is not part of the text, one within it is', () => {
  assert.equal(decodedText(Buffer.from('\uFEFF{}')), '{}');
  assert.equal(decodedText(Buffer.from('a\uFEFFb')), 'a\uFEFFb');
  assert.equal(decodedText(Buffer.from('\uFEFF')), '');
  assert.equal(decodedText(Buffer.alloc(0)), '');
  assert.equal(withoutMark('\uFEFFx'), 'x');
});

test('what is not UTF-8 is refused, and UTF-16 by its name', () => {
  const utf16 = Buffer.from('\uFEFF{"a":1}', 'utf16le');
  for (const bytes of [utf16, Buffer.from(utf16).swap16()])
    assert.throws(() => decodedText(bytes), { message: /is UTF-16, not UTF-8/ });
  assert.throws(() => decodedText(Buffer.from([0x61, 0xe9])), EncodingError);
});
