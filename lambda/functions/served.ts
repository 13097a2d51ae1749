import { acceptsOldProtocols, type Handshake, handshake } from '../adapters/tls.ts';
import { type Grade, gradeOf, type Served } from '../domain/diagnosis/certificate.ts';

/** What came of looking at a host: a grade with its reasons, or why it could not be seen. */
export type Graded =
  | { host: string; error: string }
  | { host: string; served: Served; grade: Grade; reasons: string[] };

/** Grades what each host serves now. */
export const gradeHosts = (hosts: string[], now: Date, options?: Handshake): Promise<Graded[]> =>
  Promise.all(hosts.map(host => gradeHost(host, now, options)));

async function gradeHost(host: string, now: Date, options?: Handshake): Promise<Graded> {
  try {
    const [seen, oldProtocols] = await Promise.all([handshake(host, options), acceptsOldProtocols(host, options)]);
    const served = { ...seen, oldProtocols };
    return { host, served, ...gradeOf(served, now) };
  } catch (error) {
    return { host, error: (error as Error).message };
  }
}

/** "mockupaws.com A", "api.mockupaws.com B (TLS 1.1 or older is accepted)". */
export function said(graded: Graded): string {
  if ('error' in graded) return `not seen (${graded.error})`;
  const { host, grade, reasons } = graded;
  return `${host} ${grade}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`;
}
