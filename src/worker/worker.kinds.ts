import type { Kind } from '../scope/change-row.js';
import { Worker, workerFields } from './worker.entity.js';
import { findWorker, findWorkers } from './worker.store.js';

export const workerKind: Kind<Worker> = {
  type: 'worker',
  find: findWorker,
  findAll: findWorkers,
  fields: workerFields,
};
