import type { Server as HttpServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';

/** Starts a server on a free port of this machine, and returns the port. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return portOf(server);
}

/** The port of a server that listens. */
export const portOf = (server: Server | { address(): AddressInfo | string | null }): number =>
  (server.address() as AddressInfo).port;

/** The address of an HTTP server that listens. */
export const urlOf = (server: Server): string => `http://127.0.0.1:${portOf(server)}`;

/** Ends a server together with the connections that its clients keep open. */
export async function close(server: HttpServer): Promise<void> {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
}
