import * as v from 'valibot';
import { describeCertificate, findReplacement } from '../../adapters/acm.ts';
import { distributionState, swapOnDistribution } from '../../adapters/cloudfront.ts';
import { listenerCertificates, swapOnListener } from '../../adapters/elb.ts';
import { handshake } from '../../adapters/tls.ts';
import {
  byArns,
  endpointFaults,
  type HeldCertificate,
  type WatchedCertificate,
} from '../../domain/diagnosis/certificate.ts';
import { done, failed, unchanged, type Verdict } from '../../domain/remedies/verdict.ts';
import { arns, flag } from '../../inbound/runbook-parameters.ts';
import { configuredCertificates } from '../../readings/certificates.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

type Direction = 'replacement' | 'former';

const Request = v.strictObject({
  dryRun: flag,
  /** Empty: every configured certificate that can be exchanged in this direction. */
  certificateArns: arns,
  direction: v.picklist(['replacement', 'former'], 'replacement or former'),
  /** Changes nothing and only reports if the exchange has reached every place. */
  look: v.optional(flag, 'false'),
  /** Every place must have the certificate by now, or the verdict is "failed". */
  required: v.optional(flag, 'false'),
});

/** The answer to the document, one step of which repeats the call for the same certificates until `waiting` is "false". */
type Answer = Verdict & { waiting: 'true' | 'false'; certificateArns: string; places: Place[] };

const answer = (verdict: Verdict, swaps: Swap[] = [], places: Place[] = [], waiting = false): Answer => ({
  ...verdict,
  waiting: waiting ? 'true' : 'false',
  certificateArns: swaps.map(({ certificate }) => certificate.arn).join(','),
  places,
});

/**
 * Replaces certificates on load balancers and CloudFront by their replacements, or returns to the former ones. It changes nothing
 * unless every replacement is issued. A repeated call reports if every place has the certificate.
 */
export const handler = entrypoint(Request, async ({ dryRun, certificateArns, direction, look, required }) => {
  const certificates =
    certificateArns.length > 0 ? byArns(configuredCertificates(), certificateArns) : await exchangeable(direction);
  if ('unknown' in certificates) return answer(unchanged(certificates.unknown));
  if (certificates.length === 0) return answer(unchanged(`no certificate has a ${direction} that could be served`));
  const found = await Promise.all(certificates.map(certificate => swapOf(certificate, direction)));
  const refused = found.flatMap(swap => ('refused' in swap ? [swap.refused] : []));
  if (refused.length > 0) return answer(unchanged(refused.join('; ')));
  const swaps = found.flatMap(swap => ('refused' in swap ? [] : [swap]));
  const acts = !dryRun && !look;
  const changed: string[] = [];
  for (const swap of acts ? swaps : []) {
    const before = await placesOf(swap);
    await perform(swap);
    if (before.some(({ done }) => !done)) changed.push(`${swap.to} is served in the place of ${swap.from}`);
  }
  const places = (await Promise.all(swaps.map(placesOf))).flat();
  const waiting = places.filter(({ done }) => !done);
  console.info({ message: acts ? 'certificates updated' : 'what serves them', direction, waiting: waiting.length });
  const reason = `not everywhere yet: ${waiting.map(({ place }) => place).join(', ')}. Run this again later`;
  if (required && waiting.length > 0) return answer(failed(reason), swaps, places);
  const faults = required ? (await Promise.all(swaps.map(faultsOf))).flat() : [];
  if (faults.length > 0) return answer(failed(faults.join('; ')), swaps, places);
  return answer(done(changed), swaps, places, (acts || look) && waiting.length > 0);
});

interface Swap {
  certificate: WatchedCertificate;
  from: string;
  to: string;
  /** When the certificate that is to be served expires. */
  expires?: Date | undefined;
}

interface Place {
  place: string;
  /** The place has the right certificate. */
  done: boolean;
}

/** The configured certificates that can be exchanged in this direction. */
async function exchangeable(direction: Direction): Promise<WatchedCertificate[]> {
  const ifReady = async (certificate: WatchedCertificate) => {
    const held = await describeCertificate(certificate.arn);
    const replacement = await findReplacement(held);
    const ready =
      direction === 'former' ? replacement?.inUse && isValid(held) : held.inUse && replacement?.status === 'ISSUED';
    return ready ? [certificate] : [];
  };
  return (await Promise.all(configuredCertificates().map(ifReady))).flat();
}

async function swapOf(certificate: WatchedCertificate, direction: Direction): Promise<Swap | { refused: string }> {
  const { arn } = certificate;
  const held = await describeCertificate(arn);
  const replacement = await findReplacement(held);
  if (!replacement) return { refused: `${arn} has no replacement: run request-replacement first` };
  if (direction === 'former' && !isValid(held))
    return {
      refused: `${arn} is ${held.status} and valid until ${held.notAfter?.toISOString() ?? 'nobody knows when'}`,
    };
  if (direction === 'former') return { certificate, from: replacement.arn, to: arn, expires: held.notAfter };
  if (replacement.status === 'ISSUED')
    return { certificate, from: arn, to: replacement.arn, expires: replacement.notAfter };
  const { status } = replacement;
  return { refused: `the replacement ${replacement.arn} is ${status}, not ISSUED: run request-replacement again` };
}

/** To serve a certificate that has expired would turn everybody away. */
const isValid = ({ status, notAfter }: HeldCertificate) =>
  status === 'ISSUED' && notAfter !== undefined && notAfter.getTime() > Date.now();

/** Why browsers refuse the certificate where a host serves it. What cannot be reached from here, or serves another, tells nothing. */
async function faultsOf({ certificate: { hosts }, expires }: Swap): Promise<string[]> {
  const endpoints = await Promise.allSettled(hosts.map(host => handshake(host)));
  return endpoints.flatMap(seen =>
    seen.status === 'fulfilled' && seen.value.notAfter.getTime() === expires?.getTime()
      ? endpointFaults(seen.value)
      : [],
  );
}

async function perform({ certificate: { listenerArns, distributionId }, from, to }: Swap): Promise<void> {
  for (const listenerArn of listenerArns) await swapOnListener(listenerArn, from, to);
  if (distributionId) await swapOnDistribution(distributionId, from, to);
}

/** The listeners and the distribution of a certificate; `done` when the place has the new one and not the old one. */
async function placesOf({ certificate: { listenerArns, distributionId }, from, to }: Swap): Promise<Place[]> {
  const listeners = listenerArns.map(async place => {
    const arns = (await listenerCertificates(place)).map(({ arn }) => arn);
    return { place, done: arns.includes(to) && !arns.includes(from) };
  });
  const distributions = (distributionId ? [distributionId] : []).map(async place => {
    const { certificate, deployed } = await distributionState(place);
    return { place, done: certificate === to && deployed };
  });
  return Promise.all([...listeners, ...distributions]);
}
