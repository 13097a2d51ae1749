import { Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ServiceConfig } from '../../config/service-config.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { AutomationDocument } from '../../remedies/automation-document.ts';
import {
  anyCertificate,
  type Certificates,
  changeDistributions,
  changeListeners,
  createRecords,
  requestCertificates,
  seeCertificates,
  seeRecords,
  seeWatched,
} from './permissions.ts';

export const restoreRecordsRunbook = (scope: Construct, config: ServiceConfig, watched: Certificates) =>
  certificateRunbook(scope, config, watched, {
    id: 'RestoreValidationRecords',
    runbook: 'restore-validation-records',
    description: 'Puts back the records by which certificates are renewed',
    permissions: [seeWatched(watched), ...seeRecords(watched), ...createRecords(watched)],
  });

export const requestReplacementRunbook = (scope: Construct, config: ServiceConfig, watched: Certificates) =>
  certificateRunbook(scope, config, watched, {
    id: 'RequestReplacement',
    runbook: 'request-replacement',
    description: 'Requests certificates in the place of others, and proves their names',
    environment: {
      WARNING_DAYS: String(config.certificateExpiry.warningDays),
      CRITICAL_DAYS: String(config.certificateExpiry.criticalDays),
    },
    permissions: [
      ...seeCertificates(watched),
      ...requestCertificates(watched),
      ...seeRecords(watched),
      ...createRecords(watched),
    ],
  });

export const updateCertificateRunbook = (scope: Construct, config: ServiceConfig, watched: Certificates) =>
  certificateRunbook(scope, config, watched, {
    id: 'UpdateCertificate',
    runbook: 'update-certificate',
    description: 'Has load balancers and CloudFront serve another certificate',
    permissions: [...seeCertificates(watched), ...changeListeners(watched), ...changeDistributions(watched)],
  });

/** For a person at the console: the responder's diagnosis and its alarms see the same. */
export const verifyCertificateRunbook = (scope: Construct, config: ServiceConfig, watched: Certificates) =>
  certificateRunbook(scope, config, watched, {
    id: 'VerifyCertificate',
    runbook: 'verify-certificate',
    description: 'Grades what hosts serve',
    permissions: [],
  });

interface CertificateRunbook {
  id: string;
  /** Of the runbook, and of the function's folder. */
  runbook: string;
  description: string;
  permissions: PolicyStatement[];
  environment?: Record<string, string>;
}

/** The work is its function's, which has the permissions; the runbook calls it. */
function certificateRunbook(
  scope: Construct,
  { service }: ServiceConfig,
  watched: Certificates,
  { id, runbook, description, permissions, environment }: CertificateRunbook,
): AutomationDocument {
  const { function: fn, role } = new ResponderFunction(scope, `${id}Function`, {
    ...{ folder: `runbooks/${runbook}`, description, timeout: Duration.minutes(1) },
    environment: { CERTIFICATES: JSON.stringify(watched), ...environment },
  });
  for (const permission of permissions) role.addToPolicy(permission);
  if (permissions.some(({ resources }) => resources.includes('*')))
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Listing certificates and those of a listener only reads, and IAM knows no narrower resource for it; requests ' +
        'are narrowed by a condition to certificates proven by DNS, in zones of which the function may only write those named.',
    });
  return new AutomationDocument(scope, id, {
    runbook,
    service,
    defaults: { FunctionName: fn.functionName },
    permissions: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] })],
  });
}

/** The diagnosis, too, finds replacements, by a tag that only their own ids lead to. */
export function acknowledgeCertificates(parent: Construct, watched: Certificates): void {
  for (const resource of anyCertificate(watched))
    Validations.of(parent).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${resource}]`,
      reason:
        'ACM gives ids as they come: a replacement is found by its tag, and no certificate can be changed or deleted.',
    });
}
