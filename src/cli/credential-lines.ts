import { factLines, visible, widthOf, type Facts } from './output.js';

/** What a command asks of a credential that it shows. */
export const credentialFields = 'source { id name description credentialStoreId type credentialType } secret';

/** A credential that was handed out with a session. */
export interface ShownCredential {
  readonly source: {
    readonly id: string;
    readonly name: string | null;
    readonly description: string | null;
    readonly credentialStoreId: string;
    readonly type: string;
    readonly credentialType: string;
  };
  /** With the names that its parts have in JSON. */
  readonly secret: Readonly<Record<string, unknown>>;
}

/** Credentials with their secrets, below the title that the ancestor has for them. They are shown this once. */
export function credentialLines(credentials: readonly ShownCredential[]): string[] {
  if (credentials.length === 0) return [];
  const blocks = credentials.map(({ source, secret }) => {
    const facts: Facts = {
      'Credential Source ID': source.id,
      'Credential Source Name': source.name,
      'Credential Store ID': source.credentialStoreId,
      'Credential Store Type': source.type.toLowerCase(),
      'Credential Type': source.credentialType.toLowerCase(),
    };
    return [...factLines(facts, 4), '    Secret:', ...secretLines(secret)].join('\n');
  });
  return ['', '  Credentials:', blocks.join('\n\n')];
}

// A text of one line stands behind its name, and anything else below it, as it is to be copied.
function secretLines(secret: ShownCredential['secret']): string[] {
  const short = Object.entries(secret).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && !entry[1].includes('\n'),
  );
  const facts = Object.fromEntries(short);
  const long = Object.entries(secret).filter(([name]) => !Object.hasOwn(facts, name));
  return [
    ...factLines(facts, 6, widthOf(facts)),
    ...long.flatMap(([name, value]) => {
      const text = typeof value === 'string' ? value.trimEnd() : JSON.stringify(value, null, 2);
      return [`      ${visible(name)}:`, ...text.split('\n').map((line) => `        ${visible(line)}`)];
    }),
  ];
}

/** The same as JSON has it, in the ancestor's words. */
export function credentialJson({ source, secret }: ShownCredential): object {
  const { id, name, description, credentialStoreId, type, credentialType } = source;
  return {
    credential_source: {
      ...{ id, name, description },
      credential_store_id: credentialStoreId,
      type: type.toLowerCase(),
      credential_type: credentialType.toLowerCase(),
    },
    secret: { raw: Buffer.from(JSON.stringify(secret)).toString('base64'), decoded: secret },
    credential: secret,
  };
}
