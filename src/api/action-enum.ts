import { registerEnumType } from 'type-graphql';

function actionName(action: string): string {
  return action.toUpperCase().replaceAll(/[-:]/g, '_');
}

/** `read:self` in a grant and in a row is READ_SELF in the API. Filled by `registerActions`, so that the vocabulary stands left of the engine that owns the list. */
export const ActionEnum: Record<string, string> = {};

/** Makes the GraphQL enum `Action` of the permission engine's own list. */
export function registerActions(actions: readonly string[]): void {
  for (const action of actions) ActionEnum[actionName(action)] = action;
  registerEnumType(ActionEnum, {
    name: 'Action',
    description: 'Actions that a grant can give: upper case, with `-` and `:` written as `_`.',
    valuesConfig: Object.fromEntries(
      actions.map((action) => [actionName(action), { description: `\`${action}\` in a grant.` }]),
    ),
  });
}
