import * as v from 'valibot';
import { describeCertificate, findReplacement, requestReplacement } from '../../adapters/acm.ts';
import { compareRecords, createRecords } from '../../adapters/route-53.ts';
import { type WatchedCertificate, whyNotReplaced } from '../../domain/certificate.ts';
import { chosen } from '../certificates.ts';
import { entrypoint } from '../entrypoint.ts';
import { flag, numbers } from '../requests.ts';

const Request = v.strictObject({
  dryRun: flag,
  certificates: numbers,
  /** It must be issued by now. */
  required: v.optional(flag, 'false'),
});

/**
 * Sees to it that each of the certificates has a replacement: requests one unless there is one, and puts its validation
 * records into the zone. Asked again, it goes on where it was: until they are issued.
 */
export const handler = entrypoint(Request, async ({ dryRun, certificates, required }) => {
  const replacements = await Promise.all(chosen(certificates).map(certificate => replacementOf(certificate, dryRun)));
  const issued = replacements.every(({ status }) => status === 'ISSUED');
  console.info({ message: dryRun ? 'replacements as they are' : 'replacements', replacements });
  if (required && !issued) {
    const waiting = replacements.filter(({ status }) => status !== 'ISSUED');
    const words = waiting.map(({ arn, status, different }) => `${arn} is ${status}${contradicted(different)}`);
    throw new Error(`not issued yet: ${words.join(', ')}. Run this again later: it goes on where it is`);
  }
  return { issued: String(issued), replacements };
});

interface Replacement {
  /** Of the certificate that is replaced. */
  replaces: string;
  arn?: string;
  status: string;
  /** Records that stand with another value, and are not overwritten: until a person decides, nothing is issued. */
  different: string[];
}

async function replacementOf(certificate: WatchedCertificate, dryRun: boolean): Promise<Replacement> {
  const held = await describeCertificate(certificate.arn);
  const { arn: replaces, hostedZoneId = '' } = certificate;
  const refused = whyNotReplaced(held, certificate);
  if (refused) throw new Error(`${replaces} is not replaced by itself: ${refused}`);
  const found = await findReplacement(held);
  if (dryRun) return { replaces, arn: found?.arn, status: found?.status ?? 'to be requested', different: [] };
  const replacement = found ?? (await requestReplacement(held));
  const { arn, status, records } = replacement;
  if (status === 'ISSUED') return { replaces, arn, status, different: [] };
  // A moment after the request ACM has no records to tell yet: then they are written when it is asked again.
  const { missing, different } = await compareRecords(hostedZoneId, records);
  if (missing.length > 0) await createRecords(hostedZoneId, missing);
  return { replaces, arn, status, different: different.map(({ name }) => name) };
}

const contradicted = (names: string[]) => (names.length > 0 ? `, as another value stands in ${names.join(', ')}` : '');
