import * as v from 'valibot';
import { describeCertificate } from '../../adapters/acm.ts';
import { compareRecords, createRecords } from '../../adapters/route-53.ts';
import type { WatchedCertificate } from '../../domain/diagnosis/certificate.ts';
import { done, failed, unchanged } from '../../domain/remedies/verdict.ts';
import { flag } from '../../inbound/runbook-parameters.ts';
import { configuredCertificates } from '../../readings/certificates.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

/**
 * Restores the validation records that are missing in Route 53, exactly as ACM demands them. A record with another value is
 * somebody's decision: it is reported, never overwritten. ACM renews the certificate by itself, hours later.
 */
export const handler = entrypoint(v.strictObject({ dryRun: flag }), async ({ dryRun }) => {
  const restored: string[] = [];
  const different: string[] = [];
  const missing: string[] = [];
  for (const certificate of configuredCertificates()) {
    const found = await restore(certificate, dryRun);
    restored.push(...found.restored);
    different.push(...found.different);
    missing.push(...found.missing);
  }
  console.info({ message: dryRun ? 'records that are missing' : 'records put back', restored, different });
  const found = { restored, different };
  if (missing.length > 0)
    return { ...failed(`put back, but not there: ${missing.join(', ')}`, changesOf(restored)), ...found };
  const contradicted = `nothing is missing, but another value stands in ${different.join(', ')}: a person must decide`;
  if (different.length > 0 && restored.length === 0) return { ...unchanged(contradicted), ...found };
  return { ...done(dryRun ? [] : changesOf(restored)), ...found };
});

const changesOf = (restored: string[]) => (restored.length > 0 ? [`put back: ${restored.join(', ')}`] : []);

async function restore({ arn, hostedZoneId }: WatchedCertificate, dryRun: boolean) {
  if (!hostedZoneId) return NOTHING;
  const { records } = await describeCertificate(arn);
  if (records.length === 0) return NOTHING;
  const { missing, different } = await compareRecords(hostedZoneId, records);
  if (!dryRun && missing.length > 0) await createRecords(hostedZoneId, missing);
  const { missing: still } = dryRun || missing.length === 0 ? NOTHING : await compareRecords(hostedZoneId, missing);
  return { restored: names(missing), different: names(different), missing: names(still) };
}

/** `missing` are records that were created and are still not in the zone. */
const NOTHING = { restored: [], different: [], missing: [] };

const names = (records: { name: string }[]) => records.map(({ name }) => name);
