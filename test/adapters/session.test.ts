import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { ssm } from 'ssm-session';
import { afterEach, describe, expect, it } from 'vitest';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import { runToEnd } from '../../lambda/adapters/session.ts';
import {
  acknowledgement,
  decode,
  encode,
  PAYLOADS,
  type SessionMessage,
} from '../../lambda/adapters/session-message.ts';

const said = (changes: Partial<SessionMessage> = {}): SessionMessage => ({
  ...{ type: 'output_stream_data', sequence: 0, flags: 1, id: randomUUID(), payloadType: PAYLOADS.output, payload: '' },
  ...changes,
});
const CLOSED = said({ type: 'channel_closed', payloadType: 0, payload: '{"Output":""}' });

describe('a message of a Session Manager session', () => {
  const message = fc.record({
    type: fc.constantFrom('input_stream_data', 'output_stream_data', 'acknowledge', 'channel_closed'),
    sequence: fc.nat(),
    flags: fc.nat({ max: 3 }),
    id: fc.uuid(),
    payloadType: fc.nat({ max: 12 }),
    payload: fc.string({ unit: 'binary' }),
  });

  it('decodes to what was encoded', () => {
    fc.assert(
      fc.property(message, given => {
        expect(decode(encode(given).buffer)).toEqual(given);
      }),
    );
  });

  it('is understood by another client, and the other way round', () => {
    fc.assert(
      fc.property(message, given => {
        const { messageType, sequenceNumber, flags, messageId, payloadType, payload, headerLength } = ssm.decode(
          encode(given).buffer,
        );
        expect({
          ...{ type: messageType, sequence: sequenceNumber, flags, id: messageId, payloadType },
          payload: Buffer.from(payload).toString(),
        }).toEqual(given);
        expect(headerLength).toBe(116);
        const { id, sequence } = given;
        const theirs = decode(new Uint8Array(ssm.buildAcknowledge('output_stream_data', sequence, id)).buffer);
        const ours = acknowledgement(said({ id, sequence }));
        expect(JSON.parse(theirs.payload)).toEqual(JSON.parse(ours.payload));
      }),
    );
  });
});

/** An agent on this machine: what it does with a channel that was opened, and what it then heard. */
class Agent {
  readonly heard: SessionMessage[] = [];
  readonly openings: Record<string, string>[] = [];
  private readonly server: WebSocketServer;

  private constructor(server: WebSocketServer, act: (socket: ServerSocket, agent: Agent) => void) {
    this.server = server;
    server.on('connection', socket =>
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) this.heard.push(decode(new Uint8Array(data).buffer));
        else {
          this.openings.push(JSON.parse(String(data)));
          act(socket, this);
        }
      }),
    );
  }

  static async start(act: (socket: ServerSocket, agent: Agent) => void): Promise<Agent> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await new Promise<void>(resolve => server.once('listening', resolve));
    const agent = new Agent(server, act);
    agents.push(agent);
    return agent;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1/data-channel/session-1`;
  }

  stop(): void {
    for (const client of this.server.clients) client.terminate();
    this.server.close();
  }
}

const agents: Agent[] = [];
afterEach(() => {
  for (const agent of agents.splice(0)) agent.stop();
});

const TOKEN = 'the-token-of-the-session';
const send = (socket: ServerSocket, ...messages: SessionMessage[]) => {
  for (const message of messages) socket.send(encode(message));
};
const open = (agent: Agent, seconds = 10) => runToEnd({ streamUrl: agent.url, tokenValue: TOKEN }, seconds);

describe('a Session Manager session', () => {
  it('opens with its token and returns what the command printed when it has ended', async () => {
    const agent = await Agent.start(socket =>
      send(socket, said({ payload: 'one ' }), said({ sequence: 1, payload: 'zwei ü' }), CLOSED),
    );
    expect(await open(agent)).toBe('one zwei ü');
    expect(agent.openings).toEqual([expect.objectContaining({ MessageSchemaVersion: '1.0', TokenValue: TOKEN })]);
  });

  it('acknowledges each message it receives, and counts a repeated one once', async () => {
    const agent = await Agent.start((socket, { heard }) => {
      const first = said({ payload: 'once' });
      send(socket, first, first);
      socket.on('message', () => {
        if (heard.length === 2) send(socket, CLOSED);
      });
    });
    expect(await open(agent)).toBe('once');
    const acknowledged = agent.heard.map(({ type, payload }) => [
      type,
      JSON.parse(payload).AcknowledgedMessageSequenceNumber,
    ]);
    expect(acknowledged).toEqual([
      ['acknowledge', 0],
      ['acknowledge', 0],
    ]);
  });

  it('answers a handshake, and agrees to a plain session alone', async () => {
    const asked = { RequestedClientActions: [{ ActionType: 'SessionType' }, { ActionType: 'KMSEncryption' }] };
    const agent = await Agent.start((socket, { heard }) => {
      send(socket, said({ payloadType: PAYLOADS.handshakeRequest, payload: JSON.stringify(asked) }));
      socket.on('message', () => {
        if (heard.length === 2) send(socket, said({ sequence: 1, payload: 'done' }), CLOSED);
      });
    });
    expect(await open(agent)).toBe('done');
    const response = agent.heard.find(({ payloadType }) => payloadType === PAYLOADS.handshakeResponse);
    const statuses = JSON.parse(response?.payload ?? '{}').ProcessedClientActions.map(
      ({ ActionType, ActionStatus }: Record<string, unknown>) => [ActionType, ActionStatus],
    );
    expect(statuses).toEqual([
      ['SessionType', 1],
      ['KMSEncryption', 3],
    ]);
  });

  it.each<[string, (socket: ServerSocket) => void, RegExp]>([
    ['breaks off', socket => socket.close(1011), /^the session broke off \(1011\)$/],
    [
      'sends bytes that are no message',
      socket => socket.send(Buffer.from('hm')),
      /^the session sent what is no message/,
    ],
    ['does not end', () => undefined, /^the command has not ended in 0.05 s$/],
  ])('that %s rejects, and the token is in no error', async (_, act, error) => {
    const agent = await Agent.start(act);
    const failed = await open(agent, act.length === 0 ? 0.05 : 10).catch((reason: Error) => reason);
    expect(failed).toBeInstanceOf(Error);
    expect((failed as Error).message).toMatch(error);
    expect(String((failed as Error).stack)).not.toContain(TOKEN);
  });

  it('that cannot be opened rejects', async () => {
    const agent = await Agent.start(() => undefined);
    const { url } = agent;
    agent.stop();
    await expect(runToEnd({ streamUrl: url, tokenValue: TOKEN }, 10)).rejects.toThrow('could not be opened');
  });
});
