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

/** The client for the region of the ARN: a certificate of CloudFront is in us-east-1, wherever the stack is. */
function clientOf(arn: string): ACMClient {
  const region = arn.split(':')[3] ?? '';
  const client = clients.get(region) ?? new ACMClient({ region });
  clients.set(region, client);
  return client;
}

/** The tag of a replacement; its value is the id of the certificate that it replaces. */
export const REPLACES = 'incident-response:replaces';

/** A certificate as ACM describes it. @throws when it does not exist, or ACM does not answer within `seconds`. */
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
    // A wildcard and its base name share one validation record.
    records: records.filter(({ name }, i) => records.findIndex(other => sameName(other.name, name)) === i),
    keyAlgorithm: found.KeyAlgorithm,
  };
}

/** The certificate that was requested to replace this one, found by its tag; undefined when there is none. */
export async function findReplacement({ arn, names }: HeldCertificate): Promise<HeldCertificate | undefined> {
  const client = clientOf(arn);
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new ListCertificatesCommand({
        ...{ CertificateStatuses: ['ISSUED', 'PENDING_VALIDATION'], NextToken },
        // Without `keyTypes`, ACM lists only certificates with RSA keys of 1024 or 2048 bits.
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

/** Requests a certificate for the same names, validated by DNS, and tags it as the replacement. */
export async function requestReplacement({ arn, names, keyAlgorithm }: HeldCertificate): Promise<HeldCertificate> {
  const [DomainName, ...others] = names;
  const client = clientOf(arn);
  const { CertificateArn = '' } = await client.send(
    new RequestCertificateCommand({
      ...{ DomainName, ValidationMethod: 'DNS' },
      ...(others.length > 0 && { SubjectAlternativeNames: others }),
      ...(keyAlgorithm?.startsWith('EC_') && { KeyAlgorithm: keyAlgorithm as KeyAlgorithm }),
      // A repeated request within the hour, as after a crash before the tag was added, returns the same certificate.
      IdempotencyToken: createHash('sha256').update(arn).digest('hex').slice(0, 32),
    }),
  );
  const Tags = [{ Key: REPLACES, Value: tagValue(arn) }];
  await client.send(new AddTagsToCertificateCommand({ CertificateArn, Tags }));
  return describeCertificate(CertificateArn);
}

const tagValue = (arn: string) => arn.split('/').at(-1) ?? arn;
