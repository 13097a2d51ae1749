import { createHash } from 'node:crypto';
import {
  ACMClient,
  AddTagsToCertificateCommand,
  type CertificateDetail,
  DescribeCertificateCommand,
  type KeyAlgorithm,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import { type HeldCertificate, sameName } from '../domain/diagnosis/certificate.ts';

const clients = new Map<string, ACMClient>();

/** A certificate lives in the region of its ARN, which for CloudFront is us-east-1 wherever the stack is. */
function clientOf(arn: string): ACMClient {
  const region = arn.split(':')[3] ?? '';
  const client = clients.get(region) ?? new ACMClient({ region });
  clients.set(region, client);
  return client;
}

/** The tag of a replacement: the id of the certificate whose place it takes. */
export const REPLACES = 'incident-response:replaces';

/** What ACM has of a certificate. @throws when there is none, or no answer in `seconds`. */
export async function describeCertificate(arn: string, seconds = 3): Promise<HeldCertificate> {
  const abortSignal = AbortSignal.timeout(seconds * 1000);
  const { Certificate } = await clientOf(arn).send(new DescribeCertificateCommand({ CertificateArn: arn }), {
    abortSignal,
  });
  if (!Certificate) throw new Error(`certificate ${arn}: not found`);
  return toHeld(arn, Certificate);
}

function toHeld(arn: string, found: CertificateDetail): HeldCertificate {
  const { DomainName = '', SubjectAlternativeNames = [], InUseBy = [], RenewalSummary } = found;
  const options = found.DomainValidationOptions ?? [];
  const methods = new Set(options.map(({ ValidationMethod }) => ValidationMethod ?? 'other'));
  const [only] = methods;
  const records = options.flatMap(({ ResourceRecord: record }) =>
    record?.Name && record.Value ? [{ name: record.Name, value: record.Value }] : [],
  );
  return {
    arn,
    status: found.Status ?? 'unknown',
    type: found.Type ?? 'unknown',
    names: [...new Set([DomainName, ...SubjectAlternativeNames])],
    inUse: InUseBy.length > 0,
    notAfter: found.NotAfter,
    renewal: RenewalSummary?.RenewalStatus,
    validation: methods.size === 1 && (only === 'DNS' || only === 'EMAIL') ? only : 'other',
    // A wildcard and the name it stands on are proven by one record.
    records: records.filter(({ name }, i) => records.findIndex(other => sameName(other.name, name)) === i),
    keyAlgorithm: found.KeyAlgorithm,
  };
}

/** The certificate that was requested to take the other's place, if one was: it bears the tag that says so. */
export async function findReplacement({ arn, names }: HeldCertificate): Promise<HeldCertificate | undefined> {
  const client = clientOf(arn);
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new ListCertificatesCommand({
        ...{ CertificateStatuses: ['ISSUED', 'PENDING_VALIDATION'], NextToken },
        // Without it, ACM lists those with RSA keys of 2048 bits alone.
        Includes: { keyTypes: ['RSA_2048', 'RSA_3072', 'RSA_4096', 'EC_prime256v1', 'EC_secp384r1', 'EC_secp521r1'] },
      }),
    );
    for (const { CertificateArn = '', DomainName = '' } of page.CertificateSummaryList ?? []) {
      if (CertificateArn === arn || !sameName(DomainName, names[0] ?? '')) continue;
      const { Tags = [] } = await client.send(new ListTagsForCertificateCommand({ CertificateArn }));
      if (Tags.some(({ Key, Value }) => Key === REPLACES && Value === tagValue(arn)))
        return describeCertificate(CertificateArn);
    }
    ({ NextToken } = page);
  } while (NextToken);
  return undefined;
}

/** Requests a certificate for the same names, proven by DNS, and marks it as the other's replacement. */
export async function requestReplacement({ arn, names, keyAlgorithm }: HeldCertificate): Promise<HeldCertificate> {
  const [DomainName, ...others] = names;
  const client = clientOf(arn);
  const { CertificateArn = '' } = await client.send(
    new RequestCertificateCommand({
      ...{ DomainName, ValidationMethod: 'DNS' },
      ...(others.length > 0 && { SubjectAlternativeNames: others }),
      ...(keyAlgorithm?.startsWith('EC_') && { KeyAlgorithm: keyAlgorithm as KeyAlgorithm }),
      // Asked again within the hour, as after a crash before it was marked, ACM gives the same one.
      IdempotencyToken: createHash('sha256').update(arn).digest('hex').slice(0, 32),
    }),
  );
  const Tags = [{ Key: REPLACES, Value: tagValue(arn) }];
  await client.send(new AddTagsToCertificateCommand({ CertificateArn, Tags }));
  return describeCertificate(CertificateArn);
}

const tagValue = (arn: string) => arn.split('/').at(-1) ?? arn;
