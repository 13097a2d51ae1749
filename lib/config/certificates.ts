import * as v from 'valibot';
import { atMost, list, matching, modes, object, whole } from './fields.ts';
import { MOST } from './most.ts';

const Certificate = object({
  /** In whichever region: that of CloudFront is in us-east-1. */
  arn: matching(
    /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/,
    'the ARN of a certificate in ACM, arn:aws:acm:REGION:ACCOUNT:certificate/ID',
  ),
  /** Hosts that serve it to people: what they serve is looked at every minute. */
  hosts: list(
    matching(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'the name of a host, as api.example.com'),
    'at least one host that serves it',
    MOST.hosts,
  ),
  /** The Route 53 zone of its validation records. Absent, they can neither be checked nor put back, nor can it be replaced. */
  hostedZoneId: v.optional(matching(/^Z[A-Z0-9]{5,31}$/, 'the id of a Route 53 hosted zone, as Z0123456789ABCDEFGHIJ')),
  /** Listeners that use it, as default or for further names. */
  listenerArns: v.optional(
    v.pipe(
      v.array(
        matching(
          /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener\/app\/[^/]+\/[0-9a-f]{16}\/[0-9a-f]{16}$/,
          'the ARN of a listener of an Application Load Balancer',
        ),
        'a list of ARNs of listeners',
      ),
      atMost(MOST.listeners),
    ),
    [],
  ),
  /** The CloudFront distribution that uses it. */
  distributionId: v.optional(matching(/^E[A-Z0-9]{7,20}$/, 'the id of a CloudFront distribution, as E1A2B3C4D5E6F7')),
});

/** The service's certificates. All that functions know of them must fit into their environment. */
export const Certificates = list(Certificate, 'at least one certificate', MOST.certificates);

export const CertificateExpirySettings = v.optional(
  v.pipe(
    object({
      /** Days before its end at which the alarms fire. */
      warningDays: v.optional(whole(2, 60), 30),
      criticalDays: v.optional(whole(1, 59), 7),
      ...modes('restore-validation-records', 'request-replacement', 'update-certificate'),
    }),
    v.check(({ warningDays, criticalDays }) => criticalDays < warningDays, 'criticalDays below warningDays'),
  ),
  {},
);
