import assert from 'node:assert/strict';
import test from 'node:test';
import { plot } from '#client';
import { picture, picturesOf } from './picture.ts';

const raster = plot([1, 3, 2]).toRaster({ scale: 0.5 });

test('a terminal tells how it shows pictures, but not through a multiplexer', () => {
  assert.equal(picturesOf({ TERM: 'xterm-kitty' }), 'kitty');
  assert.equal(picturesOf({ TERM: 'xterm-256color', TERM_PROGRAM: 'iTerm.app' }), 'iterm');
  assert.equal(picturesOf({ TERM: 'foot' }), 'sixel');
  assert.equal(picturesOf({ TERM: 'xterm-256color' }), undefined);
  assert.equal(picturesOf({ TERM: 'screen', KITTY_WINDOW_ID: '1', TMUX: 'x' }), undefined);
});

test('kitty and iTerm are sent the PNG', () => {
  const kitty = String(picture(raster, 'kitty'));
  const pieces = [...kitty.matchAll(/\x1b_G([^;]*);([^\x1b]*)\x1b\\/g)];
  assert.ok(pieces.every(([, , data = '']) => data.length <= 4096));
  assert.deepEqual(
    pieces.map(([, head]) => head),
    pieces.map((_, i) => `${i === 0 ? 'a=T,f=100,q=2,' : ''}m=${i < pieces.length - 1 ? 1 : 0}`),
  );
  const sent = Buffer.from(pieces.map(([, , data]) => data).join(''), 'base64');
  assert.deepEqual(sent, Buffer.from(raster.png));
  const iterm = /File=inline=1;size=(\d+);width=320px:(.*)\x07/.exec(String(picture(raster, 'iterm')));
  assert.deepEqual(Buffer.from(iterm?.[2] ?? '', 'base64'), Buffer.from(raster.png));
});

test('sixels give every pixel its nearest colour of 216', () => {
  const { width, height, colours, pixels } = decoded(String(picture(raster, 'sixel')));
  assert.deepEqual([width, height], [raster.width, raster.height]);
  for (let i = 0; i < width * height; i += 1) {
    const [red, green, blue] = colours.get(pixels[i] ?? -1) ?? [];
    for (const [channel, percent] of [red, green, blue].entries()) {
      const wanted = (raster.pixels[i * 4 + channel] ?? 0) / 255;
      assert.ok(Math.abs((percent ?? 1000) / 100 - wanted) <= 0.1001);
    }
  }
});

/** A sixel picture as registers, by the letter of the VT340 manual. */
function decoded(words: string) {
  const body = /^\x1bP0;1q"1;1;(\d+);(\d+)(.*)\x1b\\\n$/s.exec(words);
  assert.ok(body);
  const [width, height] = [Number(body[1]), Number(body[2])];
  const colours = new Map<number, number[]>();
  const pixels: number[] = new Array(width * height).fill(-1);
  let [x, top, register] = [0, 0, 0];
  for (const [token] of (body[3] ?? '').matchAll(/#\d+(?:;\d+){4}|#\d+|!\d+[?-~]|[?-~]|[$-]/g)) {
    if (token === '$') x = 0;
    else if (token === '-') [x, top] = [0, top + 6];
    else if (token.startsWith('#')) {
      const [number = 0, , ...percents] = token.slice(1).split(';').map(Number);
      if (percents.length > 0) colours.set(number, percents);
      else register = number;
    } else {
      const count = token.startsWith('!') ? Number(token.slice(1, -1)) : 1;
      const mask = token.charCodeAt(token.length - 1) - 63;
      for (let i = 0; i < count; i += 1, x += 1)
        for (let bit = 0; bit < 6; bit += 1)
          if (mask & (1 << bit)) pixels[(top + bit) * width + x] = register;
    }
  }
  return { width, height, colours, pixels };
}
