import * as v from 'valibot';
import { describeCertificate, findReplacement, requestReplacement } from '../../adapters/acm.ts';
import { compareRecords, createRecords } from '../../adapters/route-53.ts';
import {
  byArns,
  needsReplacement,
  type WatchedCertificate,
  whyNotReplaced,
} from '../../domain/diagnosis/certificate.ts';
import { done, failed, unchanged, type Verdict } from '../../domain/remedies/verdict.ts';
import { arns, flag } from '../../inbound/runbook-parameters.ts';
import { configuredCertificates } from '../../readings/certificates.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

const Request = v.strictObject({
  dryRun: flag,
  /** Empty: every configured certificate that needs a replacement now. */
  certificateArns: arns,
  /** Every replacement must be issued by now, or the verdict is "failed". */
  required: v.optional(flag, 'false'),
});

/** The answer to the document, one step of which repeats the call for the same certificates until `waiting` is "false". */
type Answer = Verdict & { waiting: 'true' | 'false'; certificateArns: string; replacements: Replacement[] };

const answer = (verdict: Verdict, replacements: Replacement[] = [], waiting = false): Answer => ({
  ...verdict,
  waiting: waiting ? 'true' : 'false',
  certificateArns: replacements.map(({ replaces }) => replaces).join(','),
  replacements,
});

/**
 * Requests a replacement for each certificate that has none, and writes its validation records into the hosted zone. A repeated
 * call continues, until all replacements are issued.
 */
export const handler = entrypoint(Request, async ({ dryRun, certificateArns, required }) => {
  const certificates =
    certificateArns.length > 0 ? byArns(configuredCertificates(), certificateArns) : await dueForReplacement();
  if ('unknown' in certificates) return answer(unchanged(certificates.unknown));
  if (certificates.length === 0) return answer(unchanged('no certificate needs a replacement'));
  const refusals = await Promise.all(certificates.map(refusal));
  const refused = refusals.filter(reason => reason !== undefined);
  if (refused.length > 0) return answer(unchanged(refused.join('; ')));
  const replacements = await Promise.all(certificates.map(certificate => replacementOf(certificate, dryRun)));
  const waiting = replacements.filter(({ status }) => status !== 'ISSUED');
  const changed = replacements.flatMap(replacement => replacement.changed);
  console.info({ message: dryRun ? 'replacements as they are' : 'replacements', replacements });
  const words = waiting.map(({ arn, status, different }) => `${arn} is ${status}${contradicted(different)}`);
  const reason = `not issued yet: ${words.join(', ')}. Run this again later: it goes on where it is`;
  if (required && waiting.length > 0) return answer(failed(reason, changed), replacements);
  return answer(done(changed), replacements, !dryRun && waiting.length > 0);
});

/** The configured certificates that need a replacement now, by the configured bounds. */
async function dueForReplacement(): Promise<WatchedCertificate[]> {
  const bounds = {
    warningDays: Number(process.env['WARNING_DAYS']),
    criticalDays: Number(process.env['CRITICAL_DAYS']),
  };
  const ifDue = async (certificate: WatchedCertificate) =>
    needsReplacement(await describeCertificate(certificate.arn), certificate, bounds, new Date()) ? [certificate] : [];
  return (await Promise.all(configuredCertificates().map(ifDue))).flat();
}

async function refusal(certificate: WatchedCertificate): Promise<string | undefined> {
  const reason = whyNotReplaced(await describeCertificate(certificate.arn), certificate);
  return reason && `${certificate.arn} is not replaced by itself: ${reason}`;
}

interface Replacement {
  /** ARN of the certificate that is replaced. */
  replaces: string;
  arn?: string;
  status: string;
  /** Records that exist with another value. They are not overwritten, and nothing is issued until a person decides. */
  different: string[];
  changed: string[];
}

async function replacementOf({ arn: replaces, hostedZoneId = '' }: WatchedCertificate, dryRun: boolean) {
  const held = await describeCertificate(replaces);
  const found = await findReplacement(held);
  const none = { replaces, different: [], changed: [] };
  if (dryRun) return { ...none, arn: found?.arn, status: found?.status ?? 'to be requested' } as Replacement;
  const { arn, status, records } = found ?? (await requestReplacement(held));
  const changed = found ? [] : [`${arn} is requested in the place of ${replaces}`];
  if (status === 'ISSUED') return { ...none, arn, status, changed };
  // ACM returns no records for some seconds after the request; the next call writes them.
  const { missing, different } = await compareRecords(hostedZoneId, records);
  if (missing.length > 0) {
    await createRecords(hostedZoneId, missing);
    changed.push(`validation records are written: ${missing.map(({ name }) => name).join(', ')}`);
  }
  return { replaces, arn, status, different: different.map(({ name }) => name), changed };
}

const contradicted = (names: string[]) => (names.length > 0 ? `, as another value stands in ${names.join(', ')}` : '');
