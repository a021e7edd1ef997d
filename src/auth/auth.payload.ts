import { Field, ObjectType } from 'type-graphql';
import { AuthToken } from './auth-token.entity.js';

@ObjectType({ description: 'Answer of authenticate.' })
export class AuthenticatePayload {
  @Field(() => AuthToken, { nullable: true, description: 'The token, without its secret.' })
  authToken!: AuthToken | null;

  @Field(() => String, {
    nullable: true,
    description: 'What to send as `Authorization: Bearer …`. Never readable again.',
  })
  token!: string | null;
}
