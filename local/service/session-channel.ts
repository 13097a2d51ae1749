/** The agent's side of a session's data channel, as far as it speaks and is answered. */

const [HEADER, OUTPUT] = [116, 1];

/** A binary message of the agent. */
export function message(type: string, sequence: number, text: string): ArrayBuffer {
  const payload = new TextEncoder().encode(text);
  const bytes = new Uint8Array(HEADER + 4 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, HEADER);
  bytes.set(new TextEncoder().encode(type.padStart(32, '\0')), 4);
  view.setUint32(36, 1);
  view.setBigInt64(48, BigInt(sequence));
  bytes.fill(7, 64, 80);
  view.setUint32(112, OUTPUT);
  view.setUint32(HEADER, payload.length);
  bytes.set(payload, HEADER + 4);
  return bytes.buffer;
}

/** The number of the message that this one acknowledges. @throws when it is no acknowledgement. */
export function acknowledged(bytes: Uint8Array): number {
  const text = (from: number, to?: number) => new TextDecoder().decode(bytes.subarray(from, to));
  if (text(4, 36).trim() !== 'acknowledge') throw new Error('a session hears acknowledgements, and no input');
  return JSON.parse(text(HEADER + 4)).AcknowledgedMessageSequenceNumber;
}
