import { deletedType, payloadType } from '../api/payload.js';
import { Scope } from './scope.entity.js';

export const CreateScopePayload = payloadType('createScope', 'scope', () => Scope);
export const UpdateScopePayload = payloadType('updateScope', 'scope', () => Scope);
export const DeleteScopePayload = deletedType('deleteScope');
