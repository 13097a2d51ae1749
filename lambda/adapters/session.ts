import type { ExecSession } from './ecs.ts';
import {
  acknowledgement,
  decode,
  encode,
  handshakeResponse,
  opening,
  PAYLOADS,
  type SessionMessage,
} from './session-message.ts';

/** Characters that are kept of a command's output: its end, which says what went wrong. */
const KEPT_OUTPUT = 2_000;

/**
 * Opens a session, which starts its command, and resolves with the end of the command's output. Rejects when the session cannot
 * be opened, breaks off, or has not ended in time. No error contains the token.
 */
export function runToEnd({ streamUrl, tokenValue }: ExecSession, seconds: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = new WebSocket(streamUrl);
  socket.binaryType = 'arraybuffer';
  let printed = '';
  let opened = false;
  let expected = 0;
  const timer = setTimeout(() => reject(new Error(`the command has not ended in ${seconds} s`)), seconds * 1000);

  socket.addEventListener('open', () => {
    opened = true;
    socket.send(opening(tokenValue));
  });
  const receive = (message: SessionMessage) => {
    if (message.type === 'channel_closed') return resolve(printed);
    if (message.type !== 'output_stream_data') return;
    socket.send(encode(acknowledgement(message)));
    // The agent repeats a message whose acknowledgement was lost.
    if (message.sequence < expected) return;
    expected = message.sequence + 1;
    const { payloadType } = message;
    if (payloadType === PAYLOADS.handshakeRequest) socket.send(encode(handshakeResponse(message)));
    if (payloadType === PAYLOADS.output || payloadType === PAYLOADS.error || payloadType === PAYLOADS.stderr)
      printed = (printed + message.payload).slice(-KEPT_OUTPUT);
  };
  socket.addEventListener('message', ({ data }) => {
    try {
      receive(decode(data as ArrayBuffer));
    } catch (error) {
      reject(new Error(`the session sent what is no message (${(error as Error).name})`));
    }
  });
  socket.addEventListener('close', ({ code }) =>
    reject(new Error(opened ? `the session broke off (${code})` : `the session could not be opened (${code})`)),
  );
  return promise.finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}
