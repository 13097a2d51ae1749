import { describeCertificate, findReplacement } from '../../adapters/acm.ts';
import { compareRecords, type RecordsInZone } from '../../adapters/route-53.ts';
import {
  daysLeft,
  type HeldCertificate,
  inDays,
  needsReplacement,
  type WatchedCertificate,
  whyNotRenewed,
  whyNotReplaced,
} from '../../domain/diagnosis/certificate.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';
import { certificatesOf } from '../../readings/certificates.ts';

/** Each certificate in ACM: days left, if it renews by itself, and the validation records that its renewal lacks. */
export async function certificates(resources: Resources, now: Date) {
  const { watched, ...bounds } = certificatesOf(resources);
  const all = await Promise.all(watched.map(certificate => examine(certificate)));
  const used = all.filter(({ held }) => held.inUse);
  const toReplace = all.flatMap(({ held, certificate }, i) =>
    needsReplacement(held, certificate, bounds, now) ? [i] : [],
  );
  const days = used.flatMap(({ held }) => (held.notAfter ? [daysLeft(held.notAfter, now)] : []));
  const missing = used.flatMap(({ records }) => records?.missing ?? []).length;
  const renewable = used.every(({ held }) => whyNotRenewed(held) === undefined);
  return {
    ok: days.every(left => left > bounds.warningDays) && missing === 0 && renewable,
    summary: `Certificates: ${all.map(one => summary(one, now)).join('; ')}`,
    objects: { certificatesToReplace: toReplace.map(i => watched[i]?.arn ?? '').join(',') },
    facts: {
      ...(days.length > 0 ? { certificateDaysLeft: Math.min(...days) } : {}),
      certificatesInUse: used.length,
      certificateRenewable: renewable ? 1 : 0,
      missingValidationRecords: missing,
      certificatesToReplace: toReplace.length,
      replacementReady: toReplace.length > 0 && toReplace.every(i => all[i]?.replacement?.status === 'ISSUED') ? 1 : 0,
    },
  };
}

interface ExaminedCertificate {
  certificate: WatchedCertificate;
  held: HeldCertificate;
  /** Undefined without a hosted zone, or without validation records. */
  records: RecordsInZone | undefined;
  replacement: HeldCertificate | undefined;
}

async function examine(certificate: WatchedCertificate): Promise<ExaminedCertificate> {
  const held = await describeCertificate(certificate.arn);
  const { hostedZoneId } = certificate;
  const [records, replacement] = await Promise.all([
    hostedZoneId && held.records.length > 0 ? compareRecords(hostedZoneId, held.records) : undefined,
    whyNotReplaced(held, certificate) === undefined ? findReplacement(held) : undefined,
  ]);
  return { certificate, held, records, replacement };
}

function summary({ certificate, held, records, replacement }: ExaminedCertificate, now: Date): string {
  const { names, notAfter, type, inUse, renewal, validation } = held;
  const count = (list: unknown[], what: string) =>
    list.length > 0 ? [`${list.length} validation record${list.length === 1 ? '' : 's'} ${what}`] : [];
  const notReplaced = whyNotReplaced(held, certificate);
  const renewed = whyNotRenewed(held);
  return [
    `${names[0]} ${notAfter ? inDays(daysLeft(notAfter, now)) : held.status}`,
    ...(inUse ? [] : ['not in use']),
    ...(renewed ? [renewed] : []),
    ...(renewal ? [`renewal ${renewal}`] : []),
    ...(records ? count(records.missing, 'missing') : []),
    ...(records ? count(records.different, 'with another value, which is not overwritten') : []),
    ...(records ? count(records.outside, 'outside the hosted zone') : []),
    ...(validation === 'DNS' && !certificate.hostedZoneId
      ? ['no hosted zone configured: its records cannot be checked']
      : []),
    ...(notReplaced && (type !== 'AMAZON_ISSUED' || renewed) ? ['not replaced by itself'] : []),
    ...(replacement ? [`a replacement is ${replacement.status}: ${replacement.arn}`] : []),
  ].join(', ');
}
