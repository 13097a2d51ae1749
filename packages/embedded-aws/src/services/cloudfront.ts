import type { Account } from '../account/account.ts';
import type { Properties } from '../assembly/assembly.ts';
import type { Deployed } from '../assembly/resolve.ts';
import { policyAllows } from '../iam/statements.ts';
import { Unsupported } from '../unsupported.ts';
import type { Functions } from './lambda/functions.ts';
import type { Objects } from './s3.ts';

/** A request of a viewer. */
export interface ViewerRequest {
  method: 'GET' | 'POST';
  path: string;
  search: string;
  headers: Record<string, string>;
  body: string;
}

/** The response that a viewer gets. */
export interface ViewerResponse {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
}

/** CloudFront, without its caches: what a distribution of the template answers a viewer, from its buckets and Function URLs. */
export class Distributions {
  private readonly account: Account;
  private readonly objects: Objects;
  private readonly functions: Functions;

  constructor(account: Account, objects: Objects, functions: Functions) {
    this.account = account;
    this.objects = objects;
    this.functions = functions;
  }

  /** The distribution below a construct, by the construct's path; undefined when there is none. */
  below(path: string): Deployed | undefined {
    return this.account.ofType('AWS::CloudFront::Distribution').find(found => found.path.startsWith(`${path}/`));
  }

  /** The alternative domain names of a distribution. */
  hosts({ properties }: Deployed): string[] {
    return properties['DistributionConfig'].Aliases ?? [];
  }

  /** Answers a viewer's request. */
  async answer(distribution: Deployed, request: ViewerRequest): Promise<ViewerResponse> {
    const { DistributionConfig: config } = distribution.properties;
    const behaviour = behaviourFor(config, request.path);
    const { headers, ...answer } = await this.fromOrigin(distribution, behaviour, request);
    return { ...answer, headers: { ...headers, ...this.policyHeaders(behaviour['ResponseHeadersPolicyId']) } };
  }

  private async fromOrigin(
    distribution: Deployed,
    behaviour: Properties,
    { method, path, search, headers, body }: ViewerRequest,
  ): Promise<ViewerResponse> {
    const { DistributionConfig: config } = distribution.properties;
    if (!(behaviour['AllowedMethods'] ?? ['GET', 'HEAD']).includes(method))
      return { status: 403, headers: { 'content-type': 'text/plain' }, body: `${method} is not allowed here` };
    const host = originOf(config, behaviour['TargetOriginId']);
    const bucket = this.account.ofType('AWS::S3::Bucket').find(({ ref }) => host.startsWith(`${ref}.s3.`));
    if (bucket) return this.fromBucket(distribution, bucket, path);
    const answer = await this.functions.request(`https://${host}${path}${search}`, { method, headers, body });
    const error = config.CustomErrorResponses?.find(({ ErrorCode }: Properties) => ErrorCode === answer.statusCode);
    if (!error) return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    const errorPath = String(error.ResponsePagePath);
    const page = { method: 'GET' as const, path: errorPath, search: '', headers: {}, body: '' };
    return {
      ...(await this.fromOrigin(distribution, behaviourFor(config, errorPath), page)),
      status: error.ResponseCode,
    };
  }

  /** An object, or the page for the error that S3 gives: who may not list a bucket is not told what it lacks. */
  private fromBucket({ properties, arn }: Deployed, bucket: Deployed, path: string): ViewerResponse {
    const { DistributionConfig: config } = properties;
    const may = (action: string, resource: string) => {
      const policies = this.account.ofType('AWS::S3::BucketPolicy').filter(p => p.properties['Bucket'] === bucket.ref);
      const statements = policies.flatMap(p => p.properties['PolicyDocument'].Statement);
      const context = { 'AWS:SourceArn': arn, 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };
      return policyAllows(statements, 'cloudfront.amazonaws.com', action, resource, context);
    };
    const key = decodeURIComponent(path.slice(1)) || config.DefaultRootObject;
    const found = may('s3:GetObject', `${bucket.arn}/${key}`) ? this.object(bucket.ref, key) : undefined;
    if (found) return { status: 200, ...found };
    const code = may('s3:ListBucket', bucket.arn) ? 404 : 403;
    const error = config.CustomErrorResponses?.find(({ ErrorCode }: Properties) => ErrorCode === code);
    const shown = error && this.object(bucket.ref, String(error.ResponsePagePath).slice(1));
    if (shown) return { status: error.ResponseCode, ...shown };
    return {
      status: code,
      headers: { 'content-type': 'text/plain' },
      body: code === 403 ? 'AccessDenied' : 'NoSuchKey',
    };
  }

  private object(bucket: string, key: string): Pick<ViewerResponse, 'headers' | 'body'> | undefined {
    const { body, contentType, cacheControl } = this.objects.find(bucket, key) ?? {};
    if (!body) return undefined;
    const headers = {
      'content-type': contentType ?? 'binary/octet-stream',
      ...(cacheControl ? { 'cache-control': cacheControl } : {}),
    };
    return { headers, body };
  }

  private policyHeaders(id: string | undefined): Record<string, string> {
    if (!id) return {};
    const policy = this.account.ofType('AWS::CloudFront::ResponseHeadersPolicy').find(({ ref }) => ref === id);
    if (!policy) throw new Unsupported(`the response headers policy ${id}`, 'one that the app does not have');
    return headersOf(policy.properties['ResponseHeadersPolicyConfig']);
  }
}

/** The first that fits; `*` and `?` are CloudFront's only wildcards. */
function behaviourFor(config: Properties, path: string): Properties {
  const fits = ({ PathPattern }: Properties) => {
    const pattern = String(PathPattern)
      .replace(/^\/?/, '/')
      .replace(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(path);
  };
  return (config['CacheBehaviors'] ?? []).find(fits) ?? config['DefaultCacheBehavior'];
}

/** An origin's host; of a group, that of its first member. */
function originOf(config: Properties, id: string): string {
  const group = config['OriginGroups']?.Items.find(({ Id }: Properties) => Id === id);
  const wanted = group ? group.Members.Items[0].OriginId : id;
  return config['Origins'].find(({ Id }: Properties) => Id === wanted).DomainName;
}

const SECURITY: Record<string, (config: Properties) => [string, string]> = {
  ContentSecurityPolicy: ({ ContentSecurityPolicy }) => ['content-security-policy', ContentSecurityPolicy],
  ContentTypeOptions: () => ['x-content-type-options', 'nosniff'],
  FrameOptions: ({ FrameOption }) => ['x-frame-options', FrameOption],
  ReferrerPolicy: ({ ReferrerPolicy }) => ['referrer-policy', ReferrerPolicy],
  StrictTransportSecurity: ({ AccessControlMaxAgeSec, IncludeSubdomains, Preload }) => [
    'strict-transport-security',
    [`max-age=${AccessControlMaxAgeSec}`, IncludeSubdomains && 'includeSubDomains', Preload && 'preload']
      .filter(Boolean)
      .join('; '),
  ],
};

function headersOf(policy: Properties): Record<string, string> {
  const { SecurityHeadersConfig = {}, CustomHeadersConfig, CorsConfig, ...others } = policy;
  const unknown = Object.keys(others).find(key => !['Name', 'Comment'].includes(key));
  if (unknown) throw new Unsupported('a response headers policy', unknown);
  const security = Object.entries<Properties>(SecurityHeadersConfig).map(([name, config]) => {
    const header = SECURITY[name];
    if (!header) throw new Unsupported('a response headers policy', name);
    return header(config);
  });
  const custom = (CustomHeadersConfig?.Items ?? []).map(({ Header, Value }: Properties) => [
    Header.toLowerCase(),
    Value,
  ]);
  const origins: string[] = CorsConfig?.AccessControlAllowOrigins.Items ?? [];
  if (origins.some(origin => origin !== '*')) throw new Unsupported('a response headers policy', 'origins by name');
  return Object.fromEntries([...security, ...custom, ...origins.map(any => ['access-control-allow-origin', any])]);
}
