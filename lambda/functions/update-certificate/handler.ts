import * as v from 'valibot';
import { describeCertificate, findReplacement } from '../../adapters/acm.ts';
import { distributionState, swapOnDistribution } from '../../adapters/cloudfront.ts';
import { listenerCertificates, swapOnListener } from '../../adapters/elb.ts';
import type { WatchedCertificate } from '../../domain/certificate.ts';
import { chosen } from '../certificates.ts';
import { entrypoint } from '../entrypoint.ts';
import { flag, numbers } from '../requests.ts';

const Request = v.strictObject({
  dryRun: flag,
  certificates: numbers,
  direction: v.picklist(['replacement', 'former'], 'replacement or former'),
  /** It must be everywhere by now. */
  required: v.optional(flag, 'false'),
});

/**
 * Has load balancers and CloudFront serve the replacement of each of the certificates, or the former one again. Nothing is
 * changed unless every replacement is issued. Asked again, it says whether it is everywhere.
 */
export const handler = entrypoint(Request, async ({ dryRun, certificates, direction, required }) => {
  const swaps = await Promise.all(chosen(certificates).map(certificate => swapOf(certificate, direction)));
  if (!dryRun) for (const swap of swaps) await perform(swap);
  const places = await Promise.all(swaps.map(placesOf));
  const waiting = places.flat().filter(({ done }) => !done);
  const deployed = waiting.length === 0;
  console.info({ message: dryRun ? 'what serves them' : 'certificates updated', direction, deployed });
  if (required && !deployed)
    throw new Error(`not everywhere yet: ${waiting.map(({ place }) => place).join(', ')}. Run this again later`);
  return { deployed: String(deployed), places: places.flat() };
});

interface Swap {
  certificate: WatchedCertificate;
  from: string;
  to: string;
}

async function swapOf(certificate: WatchedCertificate, direction: 'replacement' | 'former'): Promise<Swap> {
  const { arn } = certificate;
  const replacement = await findReplacement(await describeCertificate(arn));
  if (!replacement) throw new Error(`${arn} has no replacement: run request-replacement first`);
  if (direction === 'former') return { certificate, from: replacement.arn, to: arn };
  if (replacement.status === 'ISSUED') return { certificate, from: arn, to: replacement.arn };
  throw new Error(
    `the replacement ${replacement.arn} is ${replacement.status}, not ISSUED: run request-replacement again`,
  );
}

async function perform({ certificate: { listenerArns, distributionId }, from, to }: Swap): Promise<void> {
  for (const listenerArn of listenerArns) await swapOnListener(listenerArn, from, to);
  if (distributionId) await swapOnDistribution(distributionId, from, to);
}

/** Where a certificate is served, and whether what is there is what should be. */
async function placesOf({ certificate: { listenerArns, distributionId }, from, to }: Swap) {
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
