import type { Kind } from '../scope/change-row.js';
import { Worker, workerFields } from './worker.entity.js';
import { findWorkers } from './worker.store.js';

export const workerKind: Kind<Worker> = {
  type: 'worker',
  findAll: findWorkers,
  fields: workerFields,
};
