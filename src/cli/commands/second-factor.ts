import type { Command } from 'commander';
import { apiOf, outputOf, withCommonOptions, type CliContext, type CommonOptions } from '../cli-context.js';
import { columnLines, factLines, print } from '../output.js';
import { fieldsOf } from '../resources/field-flags.js';
import type { FieldFlag } from '../resources/resource-spec.js';
import { codeFrom } from '../secret-input.js';

const item = 'account { id version loginName hasTotp recoveryCodesLeft }';

/** Documents of these commands; the schema check validates each. */
export const documents = {
  enroll: `mutation EnrollTotp($input: EnrollTotpInput!) { enrollTotp(input: $input) { ${item} secret uri } }`,
  confirm: `mutation ConfirmTotp($input: ConfirmTotpInput!) { confirmTotp(input: $input) { ${item} recoveryCodes } }`,
  renew: `mutation RenewRecoveryCodes($input: RenewRecoveryCodesInput!) { renewRecoveryCodes(input: $input) { ${item} recoveryCodes } }`,
  remove: `mutation RemoveTotp($input: RemoveTotpInput!) { removeTotp(input: $input) { ${item} } }`,
} as const;

interface Options extends CommonOptions {
  readonly id: string;
  readonly code?: string;
  readonly currentPassword?: string;
}

interface Codes {
  readonly account: object | null;
  readonly recoveryCodes: readonly string[];
}

const codeHelp = 'six digits of the authenticator';
const where = 'env://NAME, file://PATH, or - for standard input; asked for when left out';
const passwordFlag: FieldFlag = {
  ...{ flag: 'current-password', kind: 'secret', value: 'where', isRequired: true },
  help: 'env://NAME or file://PATH; asked for when left out',
};

/** Adds the commands of an account's second factor. */
export function addSecondFactor(accounts: Command, context: CliContext): void {
  const add = (name: string, description: string, example = ''): Command =>
    withCommonOptions(accounts.command(name))
      .description(description)
      .requiredOption('--id <id>', 'identifier of the account')
      .addHelpText('after', `\nExample:\n  $ postern accounts ${name} -id=acctpw_1234567890${example}`);
  add('enroll-totp', 'begin a second factor: a secret for an authenticator, which is not in force yet')
    .option(`--${passwordFlag.flag} <where>`, passwordFlag.help)
    .action((options: Options) => enroll(options, context));
  add('confirm-totp', 'put the second factor in force; prints recovery codes, once')
    .option('--code <where>', `${codeHelp}: ${where}`)
    .action((options: Options) => withCodes(options, context, 'confirmTotp', documents.confirm));
  add('renew-recovery-codes', 'print other recovery codes, once; those before are good no longer')
    .option('--code <where>', `${codeHelp}, or a recovery code: ${where}`)
    .action((options: Options) => withCodes(options, context, 'renewRecoveryCodes', documents.renew));
  add('remove-totp', 'remove the second factor: by a code, or as one who may set the password', ' -code=-')
    .option(
      '--code <where>',
      `${codeHelp}, or a recovery code: env://NAME, file://PATH, or - for standard input`,
    )
    .action((options: Options) => remove(options, context));
}

async function enroll(options: Options, context: CliContext): Promise<void> {
  const fields = await fieldsOf([passwordFlag], { ...options }, context);
  const { enrollTotp } = await apiOf(options, context).run<{
    enrollTotp: { account: object | null; secret: string; uri: string };
  }>(documents.enroll, { input: { accountId: options.id, ...fields } });
  const { account, secret, uri } = enrollTotp;
  const isTerminal = (context.stdout as { isTTY?: boolean }).isTTY === true;
  const picture = isTerminal ? ['', ...(await qrLines(uri))] : [];
  print(outputOf(options, context), { item: account, secret, uri }, () =>
    [
      'Give this to an authenticator; it is shown once:',
      ...factLines({ Secret: secret.replace(/(.{4})(?=.)/g, '$1 '), Address: uri }, 2),
      ...picture,
      '',
      'It is in force when you have shown a code of it:',
      `  $ postern accounts confirm-totp -id=${options.id}`,
    ].join('\n'),
  );
}

// White on black whatever the colors of the terminal are: readers want dark squares on a light ground.
async function qrLines(text: string): Promise<string[]> {
  const { renderUnicodeCompact } = await import('uqr');
  const lines = renderUnicodeCompact(text, { border: 2 }).split('\n');
  return lines.map((line) => `  \u001b[97;40m${line}\u001b[0m`);
}

async function withCodes(
  options: Options,
  context: CliContext,
  mutation: 'confirmTotp' | 'renewRecoveryCodes',
  document: string,
): Promise<void> {
  const code = await codeFrom('code', options.code, context);
  const answer = await apiOf(options, context).run<Record<typeof mutation, Codes>>(document, {
    input: { accountId: options.id, code },
  });
  const { account, recoveryCodes } = answer[mutation];
  const half = Math.ceil(recoveryCodes.length / 2);
  const rows = recoveryCodes.slice(0, half).map((one, index) => [one, recoveryCodes[half + index] ?? '']);
  print(outputOf(options, context), { item: account, recovery_codes: recoveryCodes }, () =>
    [
      'The second factor is in force. Keep these recovery codes where your phone is not;',
      'each signs in once in place of a code, and they are shown this once:',
      '',
      ...columnLines(rows).map((line) => `  ${line}`),
    ].join('\n'),
  );
}

async function remove(options: Options, context: CliContext): Promise<void> {
  const code = options.code === undefined ? null : await codeFrom('code', options.code, context);
  const { removeTotp } = await apiOf(options, context).run<{ removeTotp: { account: object | null } }>(
    documents.remove,
    { input: { accountId: options.id, code } },
  );
  print(
    outputOf(options, context),
    { item: removeTotp.account },
    () => 'The second factor is removed; the password alone signs in.',
  );
}
