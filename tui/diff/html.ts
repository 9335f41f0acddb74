import { createHash } from 'node:crypto';
import type { Change, Diff } from '#client';
import type { Output } from '../output.ts';
import { textOf } from '../plain/text.ts';
import { bodyOf } from './body.ts';
import { headline } from './headline.ts';
import { STATUS_WORDS, summaryOf } from './summary.ts';

/**
 * A diff as one HTML file: it loads nothing, runs no script, and has the same bytes each time. `output` gives the signs; its colours are not used.
 */
export function diffPage(diff: Diff, changes: readonly Change[], output: Output): string {
  const title = `${diff.a} ${output.glyphs.arrow} ${diff.b}`;
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
  const rows = changes.map((change) => changeOf(change, output)).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(diff.a)} <span aria-hidden="true">→</span> ${escaped(diff.b)}</h1>
<p>${escaped(summaryOf(diff))}</p>
${rows}</body>
</html>
`;
}

function changeOf(change: Change, output: Output): string {
  const head = `<summary><b class="${change.status}" title="${STATUS_WORDS[change.status]}">${change.status}</b> <code>${escaped(change.path)}</code> ${escaped(headline(change, output))}</summary>`;
  const lines = bodyOf(change, output).map((line) => lineOf(String(line)));
  if (lines.length === 0) return `<div class="change">${head.replace(/summary>/g, 'p>')}</div>\n`;
  return `<details class="change" open>${head}<pre>${lines.join('\n')}</pre></details>\n`;
}

const CLASSES: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'del',
  '~': 'mod',
  '@': 'at',
  '>': 'mod',
};

function lineOf(line: string): string {
  const kind = CLASSES[line[0] ?? ''];
  return kind === undefined ? escaped(line) : `<span class="${kind}">${escaped(line)}</span>`;
}

const escaped = (text: string): string =>
  String(textOf(text)).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
:root { color-scheme: light dark; --ink: #1f2328; --paper: #fff; --soft: #59636e; --line: #d1d9e0; --good: #116329; --goodback: #e6ffec; --bad: #a40e26; --badback: #ffebe9; --mod: #7d4e00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --soft: #9198a1; --line: #3d444d; --good: #7ee787; --goodback: #12261e; --bad: #ff9790; --badback: #2d1518; --mod: #e3b341; } }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: var(--ink); background: var(--paper); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.1rem; overflow-wrap: anywhere; }
.change { border-top: 1px solid var(--line); padding: .4rem 0; }
.change p { margin: 0; }
summary { cursor: pointer; }
code, pre { font: 13px/1.5 ui-monospace, monospace; }
code { font-weight: 600; }
pre { margin: .4rem 0 .4rem 1.6rem; overflow-x: auto; }
b { display: inline-block; width: 1.2rem; color: var(--mod); font-family: ui-monospace, monospace; }
b.A, .add { color: var(--good); } b.D, .del { color: var(--bad); } b.C, .at { color: var(--soft); } .mod { color: var(--mod); }
.add { background: var(--goodback); } .del { background: var(--badback); }
`;
