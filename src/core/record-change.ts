import type { Ctx } from './ctx.js';

/** What is known of a resource at one moment, without secrets. */
export type Image = Readonly<Record<string, unknown>>;

export interface Change {
  /** Type of the resource, as grants name it. */
  readonly type: string;
  readonly id: string;
  readonly scopeId: string;
  /** Of the row after the change; of a deleted one, the last it had. */
  readonly version: number;
  /** Null when it was made by this change. */
  readonly before: Image | null;
  /** Null when this change deleted it. */
  readonly after: Image | null;
}

/** Tells the audit and the log of a change of one resource; the log gets the image after it. */
export function recordChange(ctx: Ctx, { type, id, scopeId, version, before, after }: Change): void {
  ctx.note({ resourceType: type, resourceId: id, scopeId, before, after });
  const verb = before === null ? 'created' : after === null ? 'deleted' : 'changed';
  ctx.tx.record({ kind: `${type}.${verb}`, subjectId: id, scopeId, revision: version, body: { ...after } });
}

/** The properties of a row that make up its image, by the names of the row. */
export function imageOf(row: object, properties: Readonly<Record<string, string>>): Image {
  const values = row as Record<string, unknown>;
  return Object.fromEntries(Object.keys(properties).map((name) => [name, values[name] ?? null]));
}
