import { acknowledged, message } from './session-channel.ts';

/** Runs a command in a task: gives what it prints, and uploads what it is told to. */
export type Command = (command: string) => { printed: string };

/** ECS Exec: sessions that were begun, and the socket over which each is opened, which begins its command. */
export class Exec {
  /** The way tasks run a command. */
  run: Command = () => ({ printed: '/bin/sh: not found' });
  private readonly sessions = new Map<string, { token: string; command: string }>();

  /** Begins a session; the command waits for it to be opened. */
  begin(token: string, command: string): { streamUrl: string; tokenValue: string } {
    const streamUrl = `wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/session-${this.sessions.size}`;
    this.sessions.set(streamUrl, { token, command });
    return { streamUrl, tokenValue: token };
  }

  /** The `WebSocket` of the functions: it reaches these sessions, and nothing else. */
  get socket() {
    const { sessions } = this;
    const run = (command: string) => this.run(command);
    return class extends EventTarget {
      binaryType = 'blob';
      private readonly url: string;
      private readonly unacknowledged = new Set<number>();

      constructor(url: string) {
        super();
        this.url = url;
        queueMicrotask(() => (sessions.has(url) ? this.tell('open', {}) : this.tell('close', { code: 1006 })));
      }

      send(data: string | Uint8Array): void {
        if (typeof data === 'string') this.open(JSON.parse(data));
        else this.acknowledge(data);
      }

      private open({ TokenValue }: { TokenValue?: string }): void {
        const session = sessions.get(this.url);
        if (session?.token === TokenValue) {
          this.unacknowledged.add(0);
          this.tell('message', { data: message('output_stream_data', 0, run(session?.command ?? '').printed) });
        } else this.tell('close', { code: 1008 });
      }

      close(): void {
        sessions.delete(this.url);
      }

      /** The agent ends the session when all that it said was heard. */
      private acknowledge(data: Uint8Array): void {
        this.unacknowledged.delete(acknowledged(data));
        if (this.unacknowledged.size === 0)
          this.tell('message', { data: message('channel_closed', 0, JSON.stringify({ Output: '' })) });
      }

      private tell(type: string, detail: object): void {
        queueMicrotask(() => this.dispatchEvent(Object.assign(new Event(type), detail)));
      }
    };
  }
}
