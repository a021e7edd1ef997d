import { GrantFault } from '../../src/grant/grant-fault';

/** The refusal of what is read; null when it is read. Anything else that is thrown is a fault of the reader. */
export function faultOf(read: () => unknown): GrantFault | null {
  try {
    read();
    return null;
  } catch (error) {
    if (error instanceof GrantFault) return error as GrantFault;
    throw error;
  }
}
