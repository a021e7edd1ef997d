import type { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { addResource } from '../resources/add-resource.js';
import { documentsOf } from '../resources/resource-documents.js';
import type { FieldFlag, ResourceSpec } from '../resources/resource-spec.js';
import {
  columns,
  joined,
  textOf,
  yesOrNo,
  type ResourceItem,
  type Section,
} from '../resources/resource-table.js';

const scope = 'scope { id name type parentId }';

interface Member {
  readonly id: string;
  readonly name: string | null;
  readonly loginName: string | null;
  readonly scopeId: string | null;
}

/** Every member by its id, with what may be seen of it. */
function members(item: ResourceItem): Section[] {
  const ids = item['memberIds'] as readonly string[] | null;
  if (ids === null) return [];
  const seen = new Map((item['members'] as readonly Member[] | null)?.map((member) => [member.id, member]));
  const rows = ids.map((id) => {
    const { name = null, loginName = null, scopeId = null } = seen.get(id) ?? {};
    return [id, scopeId ?? '', name ?? loginName ?? ''];
  });
  return [{ title: 'Members', lines: columns(rows) }];
}

/** Keeps a user or an account out, or lets it in again. */
export const disabled: FieldFlag = {
  ...{ flag: 'disabled', field: 'isDisabled', kind: 'boolean', value: 'true|false' },
  help: 'true keeps it out: it is signed out everywhere and cannot sign in; false lets it in again',
};

const specs: readonly ResourceSpec[] = [
  {
    noun: 'users',
    type: 'User',
    empty: 'No users found',
    place: 'scope',
    selection: `type scopeId isDisabled loginName primaryAccountId accountIds ${scope}`,
    listSelection: 'type scopeId isDisabled loginName',
    facts: (item) => ({
      'Is Disabled': yesOrNo(item['isDisabled']),
      'Login Name': textOf(item, 'loginName'),
      'Primary Account ID': textOf(item, 'primaryAccountId'),
      'Account IDs': joined(item['accountIds']),
    }),
    listFacts: (item) => ({
      Type: item.type?.toLowerCase(),
      'Login Name': textOf(item, 'loginName'),
      'Is Disabled': yesOrNo(item['isDisabled']),
    }),
    create: [
      {
        flag: 'type',
        kind: 'choice',
        value: 'type',
        choices: ['person', 'service'],
        help: 'person, who gets accounts and signs in, or service, a program that gets API tokens; a person when left out',
      },
      disabled,
    ],
    update: [disabled],
    isDeletable: true,
    members: [
      {
        noun: 'accounts',
        flag: 'account',
        field: 'accountIds',
        value: 'id',
        help: 'account of the same scope, one of each auth method',
        example: '-account=acctpw_1234567890',
      },
    ],
    exampleId: 'u_1234567890',
    examples: { list: '-scope-id=global', create: '-scope-id=o_1234567890 -name=ada' },
  },
  {
    noun: 'groups',
    type: 'Group',
    empty: 'No groups found',
    place: 'scope',
    selection: `scopeId memberIds members { id name loginName scopeId } ${scope}`,
    listSelection: 'scopeId memberIds',
    sections: members,
    listFacts: (item) => ({ Members: (item['memberIds'] as readonly string[] | null)?.length }),
    create: [],
    update: [],
    isDeletable: true,
    members: [
      {
        noun: 'members',
        flag: 'member',
        field: 'memberIds',
        value: 'id',
        help: 'user of any scope',
        example: '-member=u_1234567890',
      },
    ],
    exampleId: 'g_1234567890',
    examples: { list: '-recursive', create: '-scope-id=o_1234567890 -name="On call"' },
  },
];

/** Documents of these commands; the schema check validates each. */
export const documents = documentsOf(specs);

/** Adds `users` and `groups`. Returns the group of users, which has a command more. */
export function addUsers(program: Command, context: CliContext): { users: Command } {
  const [users] = specs.map((spec) => addResource(program, context, spec));
  return { users: users as Command };
}
