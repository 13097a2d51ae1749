import { Construct } from 'constructs';
import { hostsOf, sslLabsUrl } from '../../../lambda/domain/diagnosis/certificate.ts';
import type { Advice } from '../../../lambda/domain/incident/policy.ts';
import type { ServiceConfig } from '../../config/service-config.ts';
import type { BoundPlaybook, Playbook } from '../playbook.ts';
import { certificateAlarms } from './alarms.ts';
import { seeCertificates, seeRecords, seeWatched } from './permissions.ts';
import {
  acknowledgeCertificates,
  requestReplacement,
  restoreValidationRecords,
  updateCertificate,
  verifyCertificateDocument,
} from './remedies.ts';

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
    const { warningDays, criticalDays } = config.certificateExpiry;
    return {
      settings: config.certificateExpiry,
      remedies: [
        restoreValidationRecords(scope, config, watched),
        requestReplacement(scope, config, watched),
        updateCertificate(scope, config, watched),
      ],
      documents: [verifyCertificateDocument(scope, config, watched)],
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
        advice: lasting(config),
        links: hostsOf(watched).map(host => ({ label: `SSL Labs, ${host}`, url: sslLabsUrl(host) })),
      },
    };
  }
}

const lasting = ({ certificateExpiry, service }: ServiceConfig): Advice => ({
  action: 'See to it that the certificate renews by itself',
  template:
    '{certificateDaysLeft} days were left, {missingValidationRecords} validation records were missing. ACM renews a ' +
    'certificate that it issued itself and that is proven by DNS, for as long as those records stand; give their zone as ' +
    'hostedZoneId, and they are put back. An imported certificate, or one proven by e-mail, is best replaced by such a ' +
    'one. If a replacement is served now, set its ARN in certificates and deploy. If it has not ' +
    `been renewed ${certificateExpiry.criticalDays} days before its end, people are called: then run ${service}-request-replacement and ${service}-update-certificate.`,
});
