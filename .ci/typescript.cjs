// Becomes dist/typescript.cjs: node loads it first in workers, and so in what their tasks fork and in the threads these start. Where one
// begins with TypeScript it is given a loader, as under `npx tsx`; the others go on as they are, at no cost.
'use strict';
const Module = require('node:module');

const TYPESCRIPT = /\.(?:[cm]?ts|[jt]sx)$/;

function serveTypeScript() {
  const { pathToFileURL } = require('node:url');
  // What tsx keeps it keeps in a folder of the shared temporary folder, where others might put something.
  process.env.TSX_DISABLE_CACHE ??= '1';
  require('tsx/cjs/api').register();
  Module.register(pathToFileURL(require.resolve('tsx/esm')), { data: {} });
}

const [, program] = process.argv;
if (program !== undefined) {
  if (TYPESCRIPT.test(program)) serveTypeScript();
} else {
  // A thread does not know yet what it begins with. Node has this function called by its name, for what is loaded first to replace it.
  const { runMain } = Module;
  Module.runMain = (main, ...others) => {
    if (TYPESCRIPT.test(String(main))) serveTypeScript();
    return runMain(main, ...others);
  };
}
