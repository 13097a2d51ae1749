import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Asked, Vendor } from '../../local/vendors/vendor.ts';
import { close, listen, urlOf } from './loopback.ts';

/** How an answer goes wrong: with a status, never, or received and done but not answered. */
export type Failure = { status: number; headers?: Record<string, string> } | 'hangs' | 'unheard';

/** A vendor on a port of this machine: each request is judged by the vendor's own rules, unless a failure is planned for it. */
export class VendorServer {
  /** Every request that arrived, also those that failed. */
  readonly asked: Asked[] = [];
  private failures: Failure[] = [];
  private server!: Server;
  private readonly vendor: () => Vendor;

  private constructor(vendor: () => Vendor) {
    this.vendor = vendor;
  }

  /** Of the tests of a file; the vendor may be another for each. */
  static use(vendor: () => Vendor): VendorServer {
    const used = new VendorServer(vendor);
    beforeAll(() => used.start());
    afterEach(() => used.reset());
    afterAll(() => close(used.server));
    return used;
  }

  get url(): string {
    return urlOf(this.server);
  }

  /** The next requests fail so, one after the other. */
  fails(...failures: Failure[]): void {
    this.failures.push(...failures);
  }

  private reset(): void {
    this.asked.length = 0;
    this.failures = [];
  }

  private async start(): Promise<void> {
    this.server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { method = '', url: path = '' } = request;
      const asked = {
        method,
        path,
        headers: request.headers as Record<string, string>,
        body: String(Buffer.concat(chunks)),
      };
      this.asked.push(asked);
      const failure = this.failures.shift();
      if (failure === 'hangs') return;
      if (typeof failure === 'object') return void response.writeHead(failure.status, failure.headers).end('no');
      const { status, body, headers } = this.vendor().answer(asked);
      if (failure === 'unheard') return void response.destroy();
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await listen(this.server);
  }
}
