import type { Account } from '../account/account.ts';
import type { Assembly } from '../assembly/assembly.ts';
import { ACCOUNT } from '../assembly/identities.ts';
import { type Deployed, isCustom, resolveTemplate } from '../assembly/resolve.ts';
import { DeploymentFailed } from '../deployment-failed.ts';
import type { Random } from '../random.ts';
import { type Sizes, utf8Bytes } from '../sizes.ts';
import { Unsupported } from '../unsupported.ts';
import type { Functions } from './lambda/functions.ts';

/** Where functions answer: CloudFormation hands out signed URLs of a bucket of its own. */
const HOST = 'cloudformation-custom-resource-response.s3.amazonaws.com';

/** Lambda gives an asynchronous event up after so many errors of its function, and after many more of its own. */
const ATTEMPTS = { function: 3, lambda: 50 };

interface Answer {
  Status: 'SUCCESS' | 'FAILED';
  Reason?: string;
  PhysicalResourceId?: string;
}

/**
 * Custom resources: a function makes each, and answers to a URL. Requests come in the template's order, properties are strings
 * as CloudFormation sends them, and an update that fails is rolled back by another one with the properties before.
 */
export class CustomResources {
  private readonly account: Account;
  private readonly functions: Functions;
  private readonly random: Random;
  private readonly answers = new Map<string, string>();
  /** The physical id of each resource, by its logical id. */
  private readonly physical = new Map<string, string>();

  constructor(account: Account, functions: Functions, random: Random) {
    this.account = account;
    this.functions = functions;
    this.random = random;
    functions.serve(HOST, async (url, { method, body } = {}) => {
      if (method !== 'PUT') return new Response('', { status: 403 });
      this.answers.set(new URL(url).pathname.slice(1), await new Response(body ?? '').text());
      return new Response('');
    });
  }

  /** @throws DeploymentFailed */
  async create(): Promise<void> {
    for (const resource of this.account.resources.filter(({ type }) => isCustom(type))) await this.createOne(resource);
  }

  /** @throws DeploymentFailed */
  createOne(resource: Deployed): Promise<void> {
    return this.request('Create', resource);
  }

  /**
   * Deploys a changed template.
   *
   * @throws Unsupported where more has changed than the properties of custom resources
   * @throws DeploymentFailed
   */
  async update(assembly: Assembly): Promise<void> {
    const current = this.account.resources;
    const after = new Map(resolveTemplate(assembly).map(resource => [resource.logicalId, resource]));
    const added = [...after.values()].filter(({ logicalId }) => !current.some(known => known.logicalId === logicalId));
    const changed = current.filter(
      ({ logicalId, properties }) => JSON.stringify(after.get(logicalId)?.properties) !== JSON.stringify(properties),
    );
    const refused = added[0] ?? changed.find(({ type, logicalId }) => !isCustom(type) || !after.has(logicalId));
    if (refused) throw new Unsupported(`${refused.type} ${refused.logicalId}`, 'its change by a later deployment');
    const touched: [Deployed, Deployed['properties']][] = [];
    try {
      for (const resource of changed) {
        const before = resource.properties;
        touched.push([resource, before]);
        resource.properties = after.get(resource.logicalId)?.properties ?? {};
        await this.request('Update', resource, before);
      }
    } catch (error) {
      for (const [resource, before] of touched) {
        const { properties } = resource;
        resource.properties = before;
        await this.request('Update', resource, properties);
      }
      throw error;
    }
  }

  private async request(RequestType: string, resource: Deployed, before?: Deployed['properties']): Promise<void> {
    const { logicalId, type, properties } = resource;
    const { name } = this.account.assembly;
    const PhysicalResourceId = this.physical.get(logicalId);
    const echoed = {
      StackId: `arn:aws:cloudformation:${this.account.region}:${ACCOUNT}:stack/${name}/embedded`,
      RequestId: this.random.uuid(),
      LogicalResourceId: logicalId,
    };
    const event = {
      ...{ RequestType, ServiceToken: properties['ServiceToken'], ResourceType: type, ...echoed },
      ResponseURL: `https://${HOST}/${echoed.RequestId}`,
      ResourceProperties: asStrings(properties),
      ...(PhysicalResourceId !== undefined && { PhysicalResourceId }),
      ...(before && { OldResourceProperties: asStrings(before) }),
    };
    await this.deliver(properties['ServiceToken'], event);
    const { PhysicalResourceId: id } = accepted(
      this.account.sizes,
      resource,
      echoed,
      this.answers.get(echoed.RequestId),
    );
    if (PhysicalResourceId !== undefined && id !== PhysicalResourceId)
      throw new Unsupported(`${type} ${logicalId}`, 'its replacement by another physical resource');
    this.physical.set(logicalId, id);
  }

  /** Invokes the function as asynchronous events are delivered, and waits until it has answered or failed for good. */
  private async deliver(functionArn: string, event: { RequestId: string }): Promise<void> {
    const errors = { function: 0, lambda: 0 };
    while (errors.function < ATTEMPTS.function && errors.lambda < ATTEMPTS.lambda) {
      const { error } = await this.functions.invoke(functionArn, event);
      if (!error || this.answers.has(event.RequestId)) return;
      errors[error.errorType === 'Lambda.ServiceException' ? 'lambda' : 'function']++;
    }
  }
}

/** @throws DeploymentFailed for what CloudFormation would not take as a success. */
function accepted(
  sizes: Sizes,
  { type, logicalId }: Deployed,
  echoed: Record<string, string>,
  text: string | undefined,
) {
  const failed = (reason: string) => new DeploymentFailed(`${type} ${logicalId}: ${reason}`);
  if (text === undefined) throw failed('its function never answered');
  const refusal = sizes.count('answer of a custom resource', utf8Bytes(text));
  if (refusal) throw failed(refusal.message);
  const answer = JSON.parse(text) as Answer & Record<string, string>;
  const wrong = Object.keys(echoed).find(key => answer[key] !== echoed[key]);
  if (wrong) throw failed(`its function answered with another ${wrong} than it was asked with`);
  const { Status, Reason, PhysicalResourceId } = answer;
  if (Status !== 'SUCCESS') throw failed(Reason ?? 'its function gave no reason');
  if (!PhysicalResourceId) throw failed('its function gave no PhysicalResourceId');
  return { PhysicalResourceId };
}

/** Numbers and booleans reach a custom resource as strings. */
function asStrings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asStrings);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asStrings(item)]));
}
