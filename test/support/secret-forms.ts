/** The ways in which a secret may stand in a text: as it is, and as it is usually written. */
export function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const bytes = Buffer.from(secret);
  const escaped = encodeURIComponent(secret);
  return [
    ...new Set([
      ...[secret, json, JSON.stringify(json).slice(1, -1), escaped, escaped.replaceAll('%20', '+')],
      ...[bytes.toString('hex'), bytes.toString('hex').toUpperCase()],
      ...[0, 1, 2].flatMap((offset) => [
        inBase64(bytes, offset, 'base64'),
        inBase64(bytes, offset, 'base64url'),
      ]),
    ]),
  ];
}

/** What is always there of it where it stands in the base64 of a longer text, that many bytes behind a multiple of three. */
function inBase64(bytes: Buffer, offset: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString(encoding)
    .replaceAll('=', '');
  const whole = (offset + bytes.length) % 3 === 0 ? text.length : text.length - 1;
  return text.slice(offset === 0 ? 0 : offset + 1, whole);
}

/** The secrets that stand in a text in any of their forms. */
export function secretsIn(text: string, secrets: readonly string[]): string[] {
  return secrets.filter((secret) => formsOf(secret).some((form) => text.includes(form)));
}
