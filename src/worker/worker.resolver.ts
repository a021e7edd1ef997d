import { Arg, Args, Ctx, FieldResolver, ID, Query, registerEnumType, Resolver, Root } from 'type-graphql';
import type { Page } from '../api/page.js';
import type { Request } from '../api/request.js';
import { ResourceListArgs } from '../scope/resource.input.js';
import { Scope } from '../scope/scope.entity.js';
import { scopeOf } from '../scope/scope.resolver.js';
import { listWorkers } from './list-workers.js';
import { locateWorkers, readWorker } from './read-worker.js';
import { Worker, WorkerPage } from './worker.entity.js';
import { healthOf, workerHealths, type WorkerHealth, type WorkerPatience } from './worker.rules.js';

/** The request, with what workers need of the server. */
export interface WorkerRequest extends Request {
  readonly workers: WorkerPatience;
}

const WorkerHealthEnum = Object.fromEntries(Object.keys(workerHealths).map((name) => [name, name]));
registerEnumType(WorkerHealthEnum, {
  name: 'WorkerHealth',
  description: 'How a worker is doing, by how long it has not been heard of.',
  valuesConfig: Object.fromEntries(
    Object.entries(workerHealths).map(([name, description]) => [name, { description }]),
  ),
});

/** The worker behind an id that another object carries, in one batch per request; null when hidden. */
export function workerOf(request: Request, id: string | null): Promise<Worker | null> {
  return id === null ? Promise.resolve(null) : request.loader('worker', locateWorkers).load(id);
}

@Resolver(() => Worker)
export class WorkerResolver {
  @Query(() => Worker, {
    nullable: true,
    description: 'One worker; fails with NOT_FOUND when it is missing or hidden.',
  })
  worker(
    @Ctx() { ctx }: Request,
    @Arg('id', () => ID, { description: 'Identifier.' }) id: string,
  ): Promise<Worker> {
    return readWorker(ctx, id);
  }

  @Query(() => WorkerPage, {
    description: 'Workers of a scope that the caller may see; they live in global.',
  })
  workers(
    @Ctx() request: Request,
    @Args(() => ResourceListArgs) args: ResourceListArgs,
  ): Promise<Page<Worker>> {
    return listWorkers(request, args);
  }

  @FieldResolver(() => Scope, { nullable: true, description: 'Scope it lives in; null when hidden.' })
  scope(@Root() worker: Worker, @Ctx() request: Request): Promise<Scope | null> {
    return scopeOf(request, worker.scopeId);
  }

  @FieldResolver(() => WorkerHealthEnum, {
    nullable: true,
    description: 'How it is doing; null when it is hidden when it was last heard of.',
  })
  health(@Root() worker: Worker, @Ctx() { workers }: WorkerRequest): WorkerHealth | null {
    const isHidden = (worker.lastSeenAt as string | null) === null;
    return isHidden ? null : healthOf(worker.unseenMs, workers);
  }
}
