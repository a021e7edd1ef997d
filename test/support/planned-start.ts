import type { BrokeredCredential } from '../../src/cli/connect/brokered-credential';
import type { LocalAddress, PlannedStart, Start } from '../../src/cli/connect/client-program';
import { prepareProgram, type KnownProgram, type SessionFacts } from '../../src/cli/connect/known-program';

/** What a program is started with. */
export interface Given {
  readonly style?: string;
  readonly flags?: Readonly<Record<string, string>>;
  readonly given?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly local?: LocalAddress;
  readonly session?: Partial<SessionFacts>;
  readonly credentials?: readonly BrokeredCredential[];
}

export interface PlannedLine extends PlannedStart {
  /** The command line, with files by their names below `/private`. */
  readonly line: string[];
  readonly env: Start['env'];
}

/** How a known program would be started. */
export function startOf(
  known: KnownProgram,
  { style, flags = {}, given = [], env = {}, local, session, credentials = [] }: Given,
): PlannedLine {
  const facts = { targetId: 'ttcp_1234567890', hostId: null, endpoint: 'tcp://10.0.0.1:8443', ...session };
  const { name, plan } = prepareProgram(known, style, { flags, given, env })(facts, credentials);
  const planned = plan(local ?? { address: '127.0.0.1', port: 40123 });
  const { args, env: own } = planned.start((file) => `/private/${file}`);
  return { ...planned, line: [name, ...args], env: own };
}
