import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Deletion } from '../api/change.input.js';
import type { Deleted } from '../api/payload.js';
import type { Request } from '../api/request.js';
import { changeWorkerTags, deleteWorker, updateWorker } from './change-worker.js';
import type { Worker } from './worker.entity.js';
import * as inputs from './worker.input.js';
import * as payloads from './worker.payload.js';
import type { WorkerRequest } from './worker.resolver.js';

const input = { description: 'Input.' };

@Resolver()
export class WorkerMutations {
  @Mutation(() => payloads.UpdateWorkerPayload, { description: 'Describe a worker.' })
  async updateWorker(
    @Ctx() request: Request,
    @Arg('input', () => inputs.UpdateWorkerInput, input) asked: inputs.UpdateWorkerInput,
  ): Promise<{ worker: Worker | null }> {
    return { worker: await request.write('updateWorker', (ctx) => updateWorker(ctx, asked)) };
  }

  @Mutation(() => payloads.DeleteWorkerPayload, {
    description: 'Forget a worker that is not live. Its connections keep their rows and count as lost.',
  })
  deleteWorker(
    @Ctx() request: WorkerRequest,
    @Arg('input', () => inputs.DeleteWorkerInput, input) asked: Deletion,
  ): Promise<Deleted> {
    return request.write('deleteWorker', (ctx) => deleteWorker(ctx, asked, request.workers));
  }

  @Mutation(() => payloads.AddWorkerTagsPayload, { description: 'Give a worker tags.' })
  async addWorkerTags(
    @Ctx() request: Request,
    @Arg('input', () => inputs.AddWorkerTagsInput, input) asked: inputs.AddWorkerTagsInput,
  ): Promise<{ worker: Worker | null }> {
    return { worker: await request.write('addWorkerTags', (ctx) => changeWorkerTags(ctx, 'add', asked)) };
  }

  @Mutation(() => payloads.SetWorkerTagsPayload, {
    description: 'Say which tags a worker has beside those of its settings; none takes all away.',
  })
  async setWorkerTags(
    @Ctx() request: Request,
    @Arg('input', () => inputs.SetWorkerTagsInput, input) asked: inputs.SetWorkerTagsInput,
  ): Promise<{ worker: Worker | null }> {
    return { worker: await request.write('setWorkerTags', (ctx) => changeWorkerTags(ctx, 'set', asked)) };
  }

  @Mutation(() => payloads.RemoveWorkerTagsPayload, {
    description: 'Take tags from a worker. Refused unless it has each of them.',
  })
  async removeWorkerTags(
    @Ctx() request: Request,
    @Arg('input', () => inputs.RemoveWorkerTagsInput, input) asked: inputs.RemoveWorkerTagsInput,
  ): Promise<{ worker: Worker | null }> {
    const worker = await request.write('removeWorkerTags', (ctx) => changeWorkerTags(ctx, 'remove', asked));
    return { worker };
  }
}
