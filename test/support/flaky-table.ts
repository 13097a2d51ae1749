import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

/** The fate of a call: it is answered, it never arrives, or it does its work and its answer is lost. */
export type Fate = 'answered' | 'lost' | 'unheard';

export interface FlakyTable {
  fates: Fate[];
  /** Forgets the fates, and gives the endpoint that stands before another. */
  before(endpoint: string): string;
}

/**
 * Stands between the code under test and the table of `useResponder`, which is told of it. Calls meet the fates in their order, and
 * are answered when there are none left.
 */
export function useFlakyTable(): FlakyTable {
  let server: Server;
  let endpoint = '';
  const table: FlakyTable = {
    fates: [],
    before(real) {
      table.fates = [];
      endpoint = real;
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
  };
  beforeAll(async () => {
    server = createServer((asked, answer) => {
      const fate = table.fates.shift() ?? 'answered';
      const fail = () => {
        // By an error that the SDK does not retry by itself; a date would have it correct its clock, which is not ours, and retry.
        answer.sendDate = false;
        answer.writeHead(400).end('{"__type":"com.amazonaws.dynamodb.v20120810#ResourceInUseException"}');
      };
      if (fate === 'lost') {
        asked.resume().on('end', fail);
        return;
      }
      const { method, headers, url } = asked;
      const forwarded = request(`${endpoint}${url}`, { method, headers }, response => {
        if (fate === 'unheard') response.resume().on('end', fail);
        else response.pipe(answer.writeHead(response.statusCode ?? 500, response.headers));
      });
      asked.pipe(forwarded);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return table;
}
