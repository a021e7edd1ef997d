import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { CliFailure } from '../cli-failure.js';
import { listTable, localTime, print, word } from '../output.js';

const keyFields = 'id purpose version createdAt secretCount isCurrent';

/** Documents of these commands; the schema check validates each. */
export const documents = {
  list: `query ScopeKeys($scopeId: ID!) { scopeKeys(scopeId: $scopeId) { ${keyFields} } }`,
  rotate: `mutation RotateScopeKeys($input: RotateScopeKeysInput!) {
    rotateScopeKeys(input: $input) { key { ${keyFields} } resealedCount remainingCount }
  }`,
  reseal: `mutation ResealScopeSecrets($input: ResealScopeSecretsInput!) {
    resealScopeSecrets(input: $input) { resealedCount remainingCount }
  }`,
  destroy: `mutation DestroyDataKeyVersion($input: DestroyDataKeyVersionInput!) {
    destroyDataKeyVersion(input: $input) { deletedId }
  }`,
} as const;

interface Key {
  readonly id: string;
  readonly purpose: string;
  readonly version: number;
  readonly createdAt: string;
  readonly secretCount: number;
  readonly isCurrent: boolean;
}

interface Resealed {
  readonly resealedCount: number;
  readonly remainingCount: number;
}

interface OfScope extends CommonOptions {
  readonly scopeId: string;
}

/** Adds `scopes list-keys`, `rotate-keys` and `destroy-key-version`. */
export function addScopeKeys(scopes: Command, context: CliContext): void {
  addListKeys(scopes, context);
  addRotateKeys(scopes, context);
  addDestroyKeyVersion(scopes, context);
}

function command(scopes: Command, name: string, says: string, example: string): Command {
  return withCommonOptions(scopes.command(name))
    .description(says)
    .requiredOption('--scope-id <id>', 'scope whose keys they are')
    .addHelpText('after', `\nExample:\n  $ postern scopes ${name} -scope-id=p_1234567890${example}`);
}

function addListKeys(scopes: Command, context: CliContext): void {
  const says = 'list the keys under which secrets of a scope are sealed';
  command(scopes, 'list-keys', says, '').action(async ({ scopeId, ...options }: OfScope) => {
    const { scopeKeys } = await apiOf(options, context).run<{ scopeKeys: Key[] }>(documents.list, {
      scopeId,
    });
    print(outputOf(options, context), { items: scopeKeys }, () =>
      listTable(
        'Key information',
        'No secret of this scope was sealed yet',
        scopeKeys.map((key) => ({ facts: factsOf(key), actions: [] })),
      ),
    );
  });
}

function factsOf(key: Key): Record<string, string | number | null> {
  return {
    ID: key.id,
    'Created Time': localTime(key.createdAt),
    Purpose: word(key.purpose),
    Secrets: key.secretCount,
    Version: `${key.version}${key.isCurrent ? ' (in use)' : ''}`,
  };
}

function addRotateKeys(scopes: Command, context: CliContext): void {
  const says = 'make the next version of the key under which secrets of a scope are sealed';
  command(scopes, 'rotate-keys', says, ' -reseal')
    .option('--reseal', 'seal again, under the new version, what older ones have sealed')
    .action(async ({ scopeId, reseal = false, ...options }: OfScope & { reseal?: boolean }) => {
      const api = apiOf(options, context);
      const answer = await api.run<{ rotateScopeKeys: Resealed & { key: Key } }>(documents.rotate, {
        input: { scopeId, reseal },
      });
      const { key, ...first } = answer.rotateScopeKeys;
      const done = reseal ? await resealRest(api, scopeId, first) : first;
      print(outputOf(options, context), { item: { ...key, ...done } }, () =>
        listTable('Key information', '', [
          {
            facts: {
              ...factsOf(key),
              'Sealed Again': reseal ? done.resealedCount : null,
              'Under Older Versions': done.remainingCount,
            },
            actions: [],
          },
        ]),
      );
      if (reseal && done.remainingCount > 0)
        throw new CliFailure(
          `${done.remainingCount} secrets do not open and stay under older versions; the log of the server names them`,
        );
    });
}

/** Asks on until nothing is left, or nothing of what is left can be sealed again. */
async function resealRest(api: ApiClient, scopeId: string, first: Resealed): Promise<Resealed> {
  let { resealedCount, remainingCount } = first;
  for (let last = resealedCount; last > 0 && remainingCount > 0;) {
    const input = { scopeId };
    const answer = await api.run<{ resealScopeSecrets: Resealed }>(documents.reseal, { input });
    last = answer.resealScopeSecrets.resealedCount;
    resealedCount += last;
    remainingCount = answer.resealScopeSecrets.remainingCount;
  }
  return { resealedCount, remainingCount };
}

function addDestroyKeyVersion(scopes: Command, context: CliContext): void {
  const says = 'destroy a version of a key under which nothing is sealed any more';
  command(scopes, 'destroy-key-version', says, ' -key-version-id=dk_1234567890')
    .requiredOption('--key-version-id <id>', 'version, as list-keys names it')
    .action(async ({ scopeId, keyVersionId, ...options }: OfScope & { keyVersionId: string }) => {
      await apiOf(options, context).run(documents.destroy, { input: { scopeId, keyVersionId } });
      print(
        outputOf(options, context),
        { deleted_id: keyVersionId },
        () => 'The delete operation completed successfully.',
      );
    });
}
