import { Duration } from 'aws-cdk-lib';
import type {
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseHeadersCorsBehavior,
  ResponseHeadersPolicyProps,
} from 'aws-cdk-lib/aws-cloudfront';
import { SECURITY_HEADERS } from '../../lambda/domain/status-page/headers.ts';

/** Anybody's program may read what is for programs. */
export const FOR_PROGRAMS: ResponseHeadersCorsBehavior = {
  accessControlAllowOrigins: ['*'],
  accessControlAllowMethods: ['GET', 'HEAD'],
  accessControlAllowHeaders: ['*'],
  accessControlAllowCredentials: false,
  originOverride: true,
};

/**
 * The site's headers as CloudFront wants them: those that it calls security headers it takes as settings, and refuses as text.
 */
export function securityHeaders(): ResponseHeadersPolicyProps {
  const {
    'content-security-policy': contentSecurityPolicy = '',
    'strict-transport-security': transport = '',
    'x-content-type-options': contentType,
    'x-frame-options': frame,
    'referrer-policy': referrer,
    ...others
  } = SECURITY_HEADERS;
  const override = true;
  return {
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy, override },
      strictTransportSecurity: {
        accessControlMaxAge: Duration.seconds(Number(/max-age=(\d+)/.exec(transport)?.[1])),
        includeSubdomains: transport.includes('includeSubDomains'),
        override,
      },
      ...(contentType === 'nosniff' && { contentTypeOptions: { override } }),
      frameOptions: { frameOption: frame as HeadersFrameOption, override },
      referrerPolicy: { referrerPolicy: referrer as HeadersReferrerPolicy, override },
    },
    customHeadersBehavior: {
      customHeaders: Object.entries(others).map(([header, value]) => ({ header, value, override })),
    },
  };
}
