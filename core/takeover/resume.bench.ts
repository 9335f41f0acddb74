// What it costs to resume a foreach of 10,000 finished tasks and one that failed, over running that one task alone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { best, CostRig, leastCpu, ROOT } from '../../fixtures/cost.ts';

const AIM = 1;
const WIDTH = 10_001;
const flow = join(ROOT, 'fixtures/flows/wide.ts');
using rig = new CostRig();
const words = ['--store', join(rig.folder, '.flow'), '--quiet'];

const alone = Array.from({ length: 3 }, () => rig.flow(['run', flow, '--width', '1', ...words]));
const idFile = join(rig.folder, 'id');
rig.flow(['run', flow, '--width', String(WIDTH), '--run-id-file', idFile, ...words], 1, {
  OXBOW_FAIL_AT: '9999',
});
const origin = readFileSync(idFile, 'utf8');
const resumed = Array.from({ length: 3 }, () =>
  rig.flow(['resume', flow, '--origin-run-id', origin, ...words]),
);
const wall = best(resumed).wall - best(alone).wall;
const cpu = leastCpu(resumed) - leastCpu(alone);
console.log(
  `resume of 10,000 finished tasks + 1 failed, over a run of that one: ${wall.toFixed(2)} s wall, ${cpu.toFixed(2)} s CPU of all ` +
    `processes (aim ${AIM} s): ${(wall / AIM).toFixed(2)} × the aim; memory ${best(resumed).memory.toFixed(0)} MB`,
);
