import { Field, ObjectType, Query, Resolver } from 'type-graphql';
import { ErrorCodeEnum } from '../api/error-code.js';
import { version } from '../version.js';

@ObjectType({ description: 'About this installation.' })
class About {
  @Field(() => String, { description: 'Release of the server, `0.1.0` for instance.' })
  version!: string;

  @Field(() => [ErrorCodeEnum], { description: 'Every code that an error of this release can carry.' })
  errorCodes!: string[];
}

@Resolver()
export class MetaResolver {
  @Query(() => About, { description: 'About this installation. Needs no sign-in.' })
  about(): About {
    return { version, errorCodes: Object.keys(ErrorCodeEnum) };
  }
}
