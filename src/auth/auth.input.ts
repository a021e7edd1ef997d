import { Field, ID, InputType } from 'type-graphql';
import type { AuthenticateInput } from './authenticate.js';

@InputType('AuthenticateInput', { description: 'A login by name and password.' })
export class AuthenticateInputType implements AuthenticateInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Auth method; the primary one of the scope when left out.',
  })
  authMethodId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Scope whose primary auth method to use; global when left out.',
  })
  scopeId?: string | null;

  @Field(() => String, { description: 'Login name, as it was made: nothing is folded.' })
  loginName!: string;

  @Field(() => String, { description: 'Password, at most 1024 bytes.' })
  password!: string;
}
