import type { Kind } from '../scope/change-row.js';
import { Worker, workerFields } from './worker.entity.js';
import { findWorker } from './worker.store.js';

export const workerKind: Kind<Worker> = { type: 'worker', find: findWorker, fields: workerFields };
