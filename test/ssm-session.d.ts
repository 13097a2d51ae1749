/** The client of others that ours is judged by. */
declare module 'ssm-session' {
  interface Decoded {
    headerLength: number;
    messageType: string;
    sequenceNumber: number;
    flags: number;
    messageId: string;
    payloadType: number;
    payload: Uint8Array;
  }
  export const ssm: {
    decode(data: ArrayBuffer): Decoded;
    buildAcknowledge(type: string, sequence: number, id: string): Uint8Array;
  };
}
