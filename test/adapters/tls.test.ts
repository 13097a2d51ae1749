import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { acceptsOldProtocols, handshake } from '../../lambda/adapters/tls.ts';
import { gradeHosts } from '../../lambda/readings/certificates.ts';
import { authority, selfSigned, type WithKey } from '../support/certificate.ts';

const HOST = 'localhost';
const DAY = 86_400_000;
const servers: Server[] = [];
let own: Awaited<ReturnType<typeof authority>>;

beforeAll(async () => {
  own = await authority();
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that serves the certificate. */
const serving = ({ certificate, key }: WithKey, options: TlsOptions = {}) =>
  listen(createServer({ cert: certificate, key, ...options }, socket => socket.on('error', () => undefined)));

/** One that accepts TLS 1.0 and 1.1 too. */
const OLD = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

const graded = async (port: number) => {
  const [one] = await gradeHosts([HOST], new Date(), { port, ca: [own.ca] });
  return one && 'grade' in one ? [one.grade, ...one.reasons] : one;
};

describe('a host with TLS', () => {
  it('is graded A for a good certificate, whose names, protocol and last day are reported', async () => {
    const port = await serving(await own.issue(HOST, 90));
    const served = await handshake(HOST, { port, ca: [own.ca] });
    expect(served).toMatchObject({
      host: HOST,
      protocol: 'TLSv1.3',
      names: [HOST],
      matches: true,
      distrust: undefined,
    });
    expect(Math.round((served.notAfter.getTime() - Date.now()) / DAY)).toBe(90);
    expect(await graded(port)).toEqual(['A']);
  });

  it('is graded B when its certificate expires within 30 days', async () => {
    expect(await graded(await serving(await own.issue(HOST, 29)))).toEqual(['B', '29.0 days left']);
  });

  it('is graded F for an expired certificate, and its chain is not blamed', async () => {
    expect(await graded(await serving(await own.issue(HOST, -2)))).toEqual(['F', 'expired 2.0 days ago']);
  });

  it('is graded M when its certificate is for another name', async () => {
    expect(await graded(await serving(await own.issue('shop.example.com', 90)))).toEqual([
      'M',
      'it is for shop.example.com, not for localhost',
    ]);
  });

  it('is graded T for a self-signed certificate', async () => {
    expect((await graded(await serving(await selfSigned(HOST)))) as string[]).toEqual([
      'T',
      'its chain is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
      '1.0 days left',
    ]);
  });

  it('is graded T when nobody trusts the issuer of its certificate', async () => {
    const [one] = await gradeHosts([HOST], new Date(), { port: await serving(await own.issue(HOST, 90)) });
    expect(one).toMatchObject({ grade: 'T', endpoint: { distrust: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } });
  });

  it('is graded B when it also accepts TLS 1.0 and 1.1', async () => {
    expect(await graded(await serving(await own.issue(HOST, 90), OLD))).toEqual(['B', 'TLS 1.1 or older is accepted']);
  });

  it('is reported as not readable when it accepts nothing newer than TLS 1.1', async () => {
    const port = await serving(await own.issue(HOST, 90), { ...OLD, maxVersion: 'TLSv1.1' });
    expect(await acceptsOldProtocols(HOST, { port })).toBe(true);
    expect(await graded(port)).toEqual({ host: HOST, error: expect.stringMatching(/^localhost: ERR_SSL_/) });
  });
});

describe('a host without a readable certificate', () => {
  it('is reported when nobody listens on the port', async () => {
    const port = await listen(createTcpServer());
    await new Promise(resolve => servers.pop()?.close(resolve));
    await expect(handshake(HOST, { port })).rejects.toThrow('localhost: ECONNREFUSED');
    expect(await acceptsOldProtocols(HOST, { port })).toBe(false);
  });

  it('is reported when the port does not speak TLS', async () => {
    const port = await listen(createTcpServer(socket => socket.end('220 mail.example.com ESMTP\r\n')));
    await expect(handshake(HOST, { port })).rejects.toThrow(/^localhost: /);
  });

  it('is reported when it does not answer in time, and old protocols stay unknown', async () => {
    const port = await listen(createTcpServer(socket => socket.on('error', () => undefined)));
    await expect(handshake(HOST, { port, seconds: 0.05 })).rejects.toThrow('localhost: no answer in 0.05 s');
    expect(await acceptsOldProtocols(HOST, { port, seconds: 0.05 })).toBeUndefined();
  });
});
