// The start command of README.md: runs the movie flow into ./.flow and reads a few of its results back.
import { join } from 'node:path';
import { root, run, setUp } from './setup.mjs';

setUp();

// Named, so that no store further up is taken for it.
const env = { ...process.env, FLOW_STORE: join(root, '.flow') };
run(process.execPath, [join(root, 'dist/tui/flow.js'), 'run', 'fixtures/flows/movies.ts'], { env });
run(process.execPath, [join(root, 'fixtures/read-movies.mjs')], { env });
