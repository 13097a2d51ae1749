import * as v from 'valibot';
import { describeCertificate } from '../../adapters/acm.ts';
import { compareRecords, createRecords } from '../../adapters/route-53.ts';
import type { WatchedCertificate } from '../../domain/certificate.ts';
import { configured } from '../certificates.ts';
import { entrypoint } from '../entrypoint.ts';
import { flag } from '../requests.ts';

/**
 * Puts back the validation records that Route 53 lacks, exactly as ACM asks for them. A record with another value is
 * somebody's decision: it is reported, never overwritten. ACM renews by itself when they stand, hours later.
 */
export const handler = entrypoint(v.strictObject({ dryRun: flag }), async ({ dryRun }) => {
  const restored: string[] = [];
  const different: string[] = [];
  for (const certificate of configured()) {
    const found = await restore(certificate, dryRun);
    restored.push(...found.restored);
    different.push(...found.different);
  }
  console.info({ message: dryRun ? 'records that are missing' : 'records put back', restored, different });
  if (different.length > 0 && restored.length === 0)
    throw new Error(`nothing is missing, but another value stands in ${different.join(', ')}: a person must decide`);
  return { restored, different };
});

async function restore({ arn, hostedZoneId }: WatchedCertificate, dryRun: boolean) {
  if (!hostedZoneId) return { restored: [], different: [] };
  const { records } = await describeCertificate(arn);
  if (records.length === 0) return { restored: [], different: [] };
  const { missing, different } = await compareRecords(hostedZoneId, records);
  if (!dryRun && missing.length > 0) {
    await createRecords(hostedZoneId, missing);
    const { missing: still } = await compareRecords(hostedZoneId, missing);
    if (still.length > 0) throw new Error(`put back, but not there: ${names(still).join(', ')}`);
  }
  return { restored: names(missing), different: names(different) };
}

const names = (records: { name: string }[]) => records.map(({ name }) => name);
