import { Construct } from 'constructs';
import { hostsOf, sslLabsUrl } from '../../../lambda/domain/diagnosis/certificate.ts';
import type { Cause, PlaybookPolicy, Step } from '../../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import type { AutomationDocument } from '../../remedies/automation-document.ts';
import type { BoundPlaybook, Playbook } from '../playbook.ts';
import { certificateAlarms } from './alarms.ts';
import { seeCertificates, seeRecords, seeWatched } from './permissions.ts';
import {
  acknowledgeCertificates,
  requestReplacementRunbook,
  restoreRecordsRunbook,
  updateCertificateRunbook,
  verifyCertificateRunbook,
} from './runbooks.ts';

/** The runbook's 5.4: a certificate is about to expire, or what is served is not trusted. */
export class CertificateExpiry implements Playbook {
  readonly name = 'CertificateExpiry';

  bind(parent: Construct, config: ServiceConfig): BoundPlaybook {
    const { certificates: watched } = config;
    if (!watched)
      throw new Error(
        `The playbook CertificateExpiry needs a certificate: configure certificates of ${config.service}, or leave it out`,
      );
    const scope = new Construct(parent, this.name);
    acknowledgeCertificates(parent, watched);
    const restoreRecords = restoreRecordsRunbook(scope, config, watched);
    const requestReplacement = requestReplacementRunbook(scope, config, watched);
    const updateCertificate = updateCertificateRunbook(scope, config, watched);
    const { warningDays, criticalDays } = config.certificateExpiry;
    return {
      settings: config.certificateExpiry,
      runbooks: [
        restoreRecords,
        requestReplacement,
        updateCertificate,
        verifyCertificateRunbook(scope, config, watched),
      ],
      probed: true,
      resources: { certificates: { warningDays, criticalDays, watched } },
      permissions: {
        diagnose: [...seeCertificates(watched), ...seeRecords(watched)],
        probe: [seeWatched(watched)],
      },
      policy: {
        name: this.name,
        title: 'SSL Certificate Expiry',
        impact: 'HTTPS errors and certificate warnings, once it has expired for everybody',
        customers: {
          title: 'Certificate warnings',
          impact: 'Browsers and clients may warn of our certificate or refuse to connect.',
        },
        independent: true,
        ownFacts: true,
        alarms: certificateAlarms(scope, this.name, config),
        checks: ['certificates', 'served certificates'],
        plan: [
          restore(config, restoreRecords),
          request(config, requestReplacement),
          update(config, updateCertificate),
        ].map(step => ({ ...step, approvalWaits: { fact: 'certificateDaysLeft', overDays: criticalDays } })),
        advice: lasting(config),
        links: hostsOf(watched).map(host => ({ label: `SSL Labs, ${host}`, url: sslLabsUrl(host) })),
      },
    };
  }
}

/** ACM renews by itself when they stand, hours later: that they stand is what the runbook verifies. */
function restore({ service }: ServiceConfig, { runbook, documentName }: AutomationDocument): Step {
  return {
    name: 'restore-validation-records',
    title: 'Put the missing validation records back, so that ACM renews within hours',
    runbook,
    document: documentName,
    parameters: {},
    mode: 'auto',
    minimumSeverity: 'P3',
    target: `${service}/validation-records`,
    cooldownMinutes: 60,
    ...EVERY_CERTIFICATE,
    causes: [{ fact: 'missingValidationRecords', atLeast: 1, means: 'validation records missing: {}' }],
    verifyMinutes: 1,
    verifiedBy: 'runbook',
  };
}

/** It changes nothing that is served. Found by its tag, it is requested once. */
function request({ service }: ServiceConfig, { runbook, documentName }: AutomationDocument): Step {
  return {
    name: 'request-replacement',
    title: 'Request a new certificate for the same names',
    runbook,
    document: documentName,
    parameters: TO_REPLACE,
    mode: 'auto',
    minimumSeverity: 'P3',
    target: `${service}/certificates`,
    cooldownMinutes: 60,
    ...EVERY_CERTIFICATE,
    causes: [TO_BE_REPLACED],
    verifyMinutes: 1,
    verifiedBy: 'runbook',
  };
}

/** What everybody connects through is changed, so a person decides. If what is served then is not well, it is taken back. */
function update({ service }: ServiceConfig, { runbook, documentName }: AutomationDocument): Step {
  return {
    name: 'update-certificate',
    title: 'Have load balancer and CloudFront serve the new certificate',
    runbook,
    document: documentName,
    parameters: { ...TO_REPLACE, Direction: 'replacement' },
    mode: 'approve',
    minimumSeverity: 'P3',
    target: `${service}/certificates`,
    cooldownMinutes: 30,
    ...EVERY_CERTIFICATE,
    causes: [TO_BE_REPLACED],
    verifyMinutes: 6,
    revert: {
      title: 'Have load balancer and CloudFront serve the former certificate again',
      parameters: { ...TO_REPLACE, Direction: 'former' },
      when: 'failed',
    },
  };
}

const TO_BE_REPLACED: Cause = { fact: 'certificatesToReplace', atLeast: 1, means: 'certificates to be replaced: {}' };
/** By name: a deployment may change meanwhile which certificates there are. */
const TO_REPLACE = { CertificateArns: { object: 'certificatesToReplace' } };
const EVERY_CERTIFICATE: Pick<Step, 'blastRadius'> = {
  blastRadius: { fact: 'certificatesInUse', touches: 1, maximumShare: 1 },
};

const lasting = ({ certificateExpiry }: ServiceConfig): PlaybookPolicy['advice'] => ({
  action: 'See to it that the certificate renews by itself',
  template:
    '{certificateDaysLeft} days were left, {missingValidationRecords} validation records were missing. ACM renews a ' +
    'certificate that it issued itself and that is proven by DNS, for as long as those records stand; give their zone as ' +
    'hostedZoneId, and they are put back. An imported certificate, or one proven by e-mail, is best replaced by such a ' +
    'one. If a replacement is served now, set its ARN in certificates and deploy. If it has not ' +
    `been renewed ${certificateExpiry.criticalDays} days before its end, people are called: then run request-replacement and update-certificate.`,
});
