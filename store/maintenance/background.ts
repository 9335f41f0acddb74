// The process that maintainInBackground starts. It says nothing; what fails is tried again after a later run.
import { maintainAt } from './maintain.ts';

const [, , store] = process.argv;
if (store !== undefined) maintainAt(store);
