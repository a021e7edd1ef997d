import { Field, ID, ObjectType, registerEnumType } from 'type-graphql';
import { Column, Entity } from 'typeorm';
import { Authorizable, Node, ResourceRow, Versioned } from '../api/node.js';
import { pageTypes } from '../api/page.js';
import type { Hideable } from '../api/redact.js';

export const CredentialStoreTypeEnum = { STATIC: 'static' } as const;

registerEnumType(CredentialStoreTypeEnum, {
  name: 'CredentialStoreType',
  description: 'Where the credentials of a store come from.',
  valuesConfig: { STATIC: { description: 'Somebody gave them to Postern, which keeps them sealed.' } },
});

/**
 * A container of credentials in a project. Owns them: they go with it, and from every target that hands them out.
 * Static: its credentials are what somebody gave.
 */
@ObjectType({
  simpleResolvers: true,
  implements: [Node, Versioned, Authorizable],
  description: 'A container of credentials in a project.',
})
@Entity('credential_store')
export class CredentialStore extends ResourceRow {
  @Field(() => ID, { nullable: true, description: 'Project it lives in.' })
  @Column('text')
  scopeId!: string;

  @Field(() => CredentialStoreTypeEnum, { description: 'Where its credentials come from.' })
  @Column('text')
  type!: 'static';

  @Field(() => String, { nullable: true, description: 'Unique in its project.' })
  @Column('text', { nullable: true })
  name!: string | null;

  @Field(() => String, { nullable: true, description: 'Free text.' })
  @Column('text', { nullable: true })
  description!: string | null;
}

export const CredentialStorePage = pageTypes('CredentialStore', 'credential stores', () => CredentialStore);

/** What output fields may hide, by the names grants use. */
export const credentialStoreFields: Hideable = {
  scopeId: 'scope_id',
  name: 'name',
  description: 'description',
};
