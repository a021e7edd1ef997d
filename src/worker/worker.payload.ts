import { deletedType, payloadType } from '../api/payload.js';
import { Worker } from './worker.entity.js';

export const UpdateWorkerPayload = payloadType('updateWorker', 'worker', () => Worker);
export const DeleteWorkerPayload = deletedType('deleteWorker');
export const AddWorkerTagsPayload = payloadType('addWorkerTags', 'worker', () => Worker);
export const SetWorkerTagsPayload = payloadType('setWorkerTags', 'worker', () => Worker);
export const RemoveWorkerTagsPayload = payloadType('removeWorkerTags', 'worker', () => Worker);
