import { createHash, randomUUID } from 'node:crypto';

/** The types of payload, as Session Manager numbers them. */
export const PAYLOADS = { output: 1, error: 2, handshakeRequest: 5, handshakeResponse: 6, stderr: 11 } as const;

/** One binary message of a session's data channel. */
export interface SessionMessage {
  /** `output_stream_data`, `acknowledge`, `channel_closed` and others. */
  type: string;
  sequence: number;
  flags: number;
  id: string;
  payloadType: number;
  payload: string;
}

const HEADER = 116;
const BODY = HEADER + 4;

/** Session Manager's binary format: a header of fixed fields, then the payload; all numbers are big-endian. */
export function encode({ type, sequence, flags, id, payloadType, payload }: SessionMessage): Uint8Array<ArrayBuffer> {
  const body = Buffer.from(payload);
  const message = Buffer.alloc(BODY + body.length);
  message.writeUInt32BE(HEADER, 0);
  message.write(type.padEnd(32), 4, 'latin1');
  message.writeUInt32BE(1, 36);
  message.writeBigUInt64BE(BigInt(Date.now()), 40);
  message.writeBigInt64BE(BigInt(sequence), 48);
  message.writeBigUInt64BE(BigInt(flags), 56);
  const uuid = Buffer.from(id.replaceAll('-', ''), 'hex');
  // The format stores the second half of a UUID first.
  uuid.copy(message, 64, 8, 16);
  uuid.copy(message, 72, 0, 8);
  createHash('sha256').update(body).digest().copy(message, 80);
  message.writeUInt32BE(payloadType, 112);
  message.writeUInt32BE(body.length, HEADER);
  body.copy(message, BODY);
  return new Uint8Array(message);
}

/** @throws RangeError when the data are too short for a message. */
export function decode(data: ArrayBuffer): SessionMessage {
  const message = Buffer.from(data);
  const header = message.readUInt32BE(0);
  const uuid = Buffer.concat([message.subarray(72, 80), message.subarray(64, 72)]).toString('hex');
  const length = message.readUInt32BE(header);
  return {
    type: message.toString('latin1', 4, 36).replace(/[\0 ]/g, ''),
    sequence: Number(message.readBigInt64BE(48)),
    flags: Number(message.readBigUInt64BE(56)),
    id: uuid.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5'),
    payloadType: message.readUInt32BE(112),
    payload: message.toString('utf8', header + 4, header + 4 + length),
  };
}

/** Acknowledges a message. The agent repeats a message that is not acknowledged. */
export const acknowledgement = ({ type, id, sequence }: SessionMessage): SessionMessage => ({
  ...{ type: 'acknowledge', sequence: 0, flags: 3, id: randomUUID(), payloadType: 0 },
  payload: JSON.stringify({
    AcknowledgedMessageType: type,
    AcknowledgedMessageId: id,
    AcknowledgedMessageSequenceNumber: sequence,
    IsSequentialMessage: true,
  }),
});

const [SUCCESS, UNSUPPORTED] = [1, 3];

/** Answers the agent's handshake: accepts a plain session, and declines everything else. */
export function handshakeResponse({ payload }: SessionMessage): SessionMessage {
  const { RequestedClientActions: actions = [] } = JSON.parse(payload) as {
    RequestedClientActions?: { ActionType: string }[];
  };
  const processed = actions.map(({ ActionType }) => ({
    ActionType,
    ActionStatus: ActionType === 'SessionType' ? SUCCESS : UNSUPPORTED,
    ActionResult: null,
    Error: ActionType === 'SessionType' ? '' : `${ActionType} is not supported`,
  }));
  return {
    ...{ type: 'input_stream_data', sequence: 0, flags: 1, id: randomUUID(), payloadType: PAYLOADS.handshakeResponse },
    payload: JSON.stringify({ ClientVersion: '1.2.0.0', ProcessedClientActions: processed, Errors: [] }),
  };
}

/** The first message of a channel: the token, as JSON text. */
export const opening = (token: string): string =>
  JSON.stringify({ MessageSchemaVersion: '1.0', RequestId: randomUUID(), TokenValue: token });
