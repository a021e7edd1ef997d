/** Why a private key is refused, or its passphrase. Half a sentence, without a piece of either. */
export class KeyFault extends Error {
  constructor(
    readonly of: 'key' | 'passphrase',
    message: string,
  ) {
    super(message);
  }
}
