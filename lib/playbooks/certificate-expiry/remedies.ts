import { Duration, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Cause } from '../../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import { ResponderFunction } from '../../platform/responder-function.ts';
import { AutomationDocument, type AutomationDocumentProps } from '../../remedies/automation-document.ts';
import { Remedy, type RemedyStep } from '../../remedies/remedy.ts';
import {
  anyCertificate,
  changeDistributions,
  changeListeners,
  createRecords,
  requestCertificates,
  seeCertificates,
  seeRecords,
  seeWatched,
  type WatchedCertificates,
} from './permissions.ts';

/** ACM renews by itself when the records stand, hours later: the document verifies that they stand. */
export function restoreValidationRecords(
  scope: Construct,
  config: ServiceConfig,
  watched: WatchedCertificates,
): Remedy {
  const document = certificateDocument(scope, config, watched, {
    id: 'RestoreValidationRecords',
    runbook: 'restore-validation-records',
    description: 'Puts back the records by which certificates are renewed',
    permissions: [seeWatched(watched), ...seeRecords(watched), ...createRecords(watched)],
  });
  return new Remedy(scope, 'RestoreValidationRecords', {
    ...document,
    step: {
      name: 'restore-validation-records',
      title: 'Put the missing validation records back, so that ACM renews within hours',
      parameters: {},
      mode: 'auto',
      minimumSeverity: 'P3',
      target: `${config.service}/validation-records`,
      cooldownMinutes: 60,
      causes: [
        {
          fact: 'missingValidationRecords',
          atLeast: 1,
          means: 'validation records missing: {}',
          otherwise: 'no validation record is missing',
        },
      ],
      verifyMinutes: 1,
      verifiedBy: 'runbook',
      ...everyCertificate(config),
    },
  });
}

/** Changes nothing that is served. The replacement is found by its tag, so it is requested once. */
export function requestReplacement(scope: Construct, config: ServiceConfig, watched: WatchedCertificates): Remedy {
  const document = certificateDocument(scope, config, watched, {
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
  return new Remedy(scope, 'RequestReplacement', {
    ...document,
    step: {
      name: 'request-replacement',
      title: 'Request a new certificate for the same names',
      parameters: TO_REPLACE,
      mode: 'auto',
      minimumSeverity: 'P3',
      target: `${config.service}/certificates`,
      cooldownMinutes: 60,
      causes: [TO_BE_REPLACED],
      verifyMinutes: 1,
      verifiedBy: 'runbook',
      ...everyCertificate(config),
    },
  });
}

/** Changes what everybody connects through: a person decides. It is reverted if what is served then is not well. */
export function updateCertificate(scope: Construct, config: ServiceConfig, watched: WatchedCertificates): Remedy {
  const document = certificateDocument(scope, config, watched, {
    id: 'UpdateCertificate',
    runbook: 'update-certificate',
    description: 'Has load balancers and CloudFront serve another certificate',
    permissions: [...seeCertificates(watched), ...changeListeners(watched), ...changeDistributions(watched)],
  });
  return new Remedy(scope, 'UpdateCertificate', {
    ...document,
    step: {
      name: 'update-certificate',
      title: 'Have load balancer and CloudFront serve the new certificate',
      parameters: { ...TO_REPLACE, Direction: 'replacement' },
      mode: 'approve',
      minimumSeverity: 'P3',
      target: `${config.service}/certificates`,
      cooldownMinutes: 30,
      causes: [TO_BE_REPLACED],
      verifyMinutes: 6,
      revert: {
        title: 'Have load balancer and CloudFront serve the former certificate again',
        parameters: { ...TO_REPLACE, Direction: 'former' },
        // Its runbook looks at what hosts serve. An alarm may stay red for what else uses the former certificate.
        when: 'unfinished',
      },
      ...everyCertificate(config),
    },
  });
}

const TO_BE_REPLACED: Cause = {
  fact: 'certificatesToReplace',
  atLeast: 1,
  means: 'certificates to be replaced: {}',
  otherwise: 'no certificate has to be replaced',
};

/** Certificates are given by name: a deployment may change meanwhile which ones there are. */
const TO_REPLACE = { CertificateArns: { object: 'certificatesToReplace' } };

/** All certificates at once; a question about them can wait until the alarm is critical. */
const everyCertificate = (config: ServiceConfig): Pick<RemedyStep, 'blastRadius' | 'approvalWaits'> => ({
  blastRadius: { fact: 'certificatesInUse', touches: 1, maximumShare: 1 },
  approvalWaits: { fact: 'certificateDaysLeft', overDays: config.certificateExpiry.criticalDays },
});

/** A document for a person at the console: the responder's diagnosis and its alarms see the same. */
export function verifyCertificateDocument(
  scope: Construct,
  config: ServiceConfig,
  watched: WatchedCertificates,
): AutomationDocument {
  const document = certificateDocument(scope, config, watched, {
    id: 'VerifyCertificate',
    runbook: 'verify-certificate',
    description: 'Grades what hosts serve',
    permissions: [],
  });
  return new AutomationDocument(scope, 'VerifyCertificate', document);
}

interface CertificateDocumentProps {
  /** The id of the remedy; its function has it too. */
  id: string;
  /** The name of the document, and of the function's folder. */
  runbook: string;
  description: string;
  /** The rights of the function. */
  permissions: PolicyStatement[];
  environment?: Record<string, string>;
}

/** A document whose work a function does, which has the permissions. */
function certificateDocument(
  scope: Construct,
  { service }: ServiceConfig,
  watched: WatchedCertificates,
  { id, runbook, description, permissions, environment }: CertificateDocumentProps,
): AutomationDocumentProps {
  const worker = new ResponderFunction(scope, `${id}Function`, {
    ...{ folder: `runbooks/${runbook}`, description, timeout: Duration.minutes(1) },
    environment: { CERTIFICATES: JSON.stringify(watched), ...environment },
  }).addToRolePolicy(...permissions);
  if (permissions.some(({ resources }) => resources.includes('*')))
    Validations.of(worker.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Listing certificates and those of a listener only reads, and IAM knows no narrower resource for it; requests ' +
        'are narrowed by a condition to certificates proven by DNS, in zones of which the function may only write those named.',
    });
  return { runbook, service, worker };
}

/** The diagnosis, too, finds replacements, by a tag that only their own ids lead to. */
export function acknowledgeCertificates(parent: Construct, watched: WatchedCertificates): void {
  for (const resource of anyCertificate(watched))
    Validations.of(parent).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${resource}]`,
      reason:
        'ACM gives ids as they come: a replacement is found by its tag, and no certificate can be changed or deleted.',
    });
}
