import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../api/scalars.js';
import { deletedType } from '../api/payload.js';
import type { DataKeyPurpose, DataKeyVersion } from '../seal/data-key.store.js';
import type { Resealed } from '../seal/reseal-scope.js';
import type { DestroyKeyInput } from './destroy-data-key-version.js';
import type { RotateKeysInput } from './rotate-scope-keys.js';

const ScopeKeyPurposeEnum: Record<string, DataKeyPurpose> = { SEAL: 'seal', HMAC: 'hmac' };
registerEnumType(ScopeKeyPurposeEnum, {
  name: 'ScopeKeyPurpose',
  description: 'What a data key of a scope is for.',
  valuesConfig: {
    SEAL: { description: 'Secrets are sealed under it.' },
    HMAC: {
      description: 'Hashes by which a change of a secret is seen are made with it. It is never rotated.',
    },
  },
});

@ObjectType({
  simpleResolvers: true,
  description: 'One version of a data key of a scope. The key itself never leaves the server.',
})
export class ScopeKey implements DataKeyVersion {
  @Field(() => ID, { description: 'Identifier of this version.' })
  id!: string;

  @Field(() => ScopeKeyPurposeEnum, { description: 'What it is for.' })
  purpose!: DataKeyPurpose;

  @Field(() => Int, { description: 'Counts up from 1 in each scope and purpose.' })
  version!: number;

  @Field(() => DateTime, { description: 'When it was made.' })
  createdAt!: string;

  @Field(() => Int, {
    description: 'How many secrets are sealed under it. It cannot be destroyed while there are any.',
  })
  secretCount!: number;

  @Field(() => Boolean, { description: 'Whether it is the newest of its purpose, which is the one in use.' })
  isCurrent!: boolean;
}

const scopeId = 'Scope: global, an org or a project.';

@InputType('RotateScopeKeysInput', {
  description: 'Makes the next version of the key that secrets of a scope are sealed under.',
})
export class RotateScopeKeysInput implements RotateKeysInput {
  @Field(() => ID, { description: scopeId })
  scopeId!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Also seal again, under the new version, what is sealed under older ones. Takes 10 seconds at most; `remainingCount` tells what is left for resealScopeSecrets.',
  })
  reseal!: boolean;
}

@InputType('ResealScopeSecretsInput', {
  description: 'Seals again what older versions of a key have sealed.',
})
export class ResealScopeSecretsInput {
  @Field(() => ID, { description: scopeId })
  scopeId!: string;
}

@InputType('DestroyDataKeyVersionInput', {
  description: 'Destroys a version of a key that seals nothing any more.',
})
export class DestroyDataKeyVersionInput implements DestroyKeyInput {
  @Field(() => ID, { description: scopeId })
  scopeId!: string;

  @Field(() => ID, { description: 'Version of a key of that scope.' })
  keyVersionId!: string;
}

@ObjectType({ description: 'Answer of resealScopeSecrets.' })
export class ResealScopeSecretsPayload implements Resealed {
  @Field(() => Int, { description: 'How many secrets were sealed again.' })
  resealedCount!: number;

  @Field(() => Int, {
    description:
      'How many are under older versions still: time was up, or they do not open, which the log tells of.',
  })
  remainingCount!: number;
}

@ObjectType({ description: 'Answer of rotateScopeKeys.' })
export class RotateScopeKeysPayload extends ResealScopeSecretsPayload {
  @Field(() => ScopeKey, { description: 'The version in use from now on.' })
  key!: ScopeKey;
}

export const DestroyDataKeyVersionPayload = deletedType('destroyDataKeyVersion');
