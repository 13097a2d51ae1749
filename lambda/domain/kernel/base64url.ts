/** base64url has only letters, digits, `-` and `_`, which mail programs and proxies leave unchanged. */
export const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

export const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64url'));

export const encode = (text: string): string => base64url(Buffer.from(text, 'utf8'));

export const decode = (text: string): string => Buffer.from(text, 'base64url').toString('utf8');
