import type { Account } from '../account/account.ts';
import { dependencies } from '../assembly/order.ts';
import { type Deployed, isCustom } from '../assembly/resolve.ts';
import { DeploymentFailed } from '../deployment-failed.ts';
import type { Random } from '../random.ts';

/** Seconds, at least and at most, that CloudFormation takes for a resource. They are seen in deployments, and documented nowhere. */
const SECONDS: Record<string, readonly [number, number]> = {
  'AWS::CloudFront::Distribution': [150, 300],
  'AWS::DynamoDB::GlobalTable': [20, 60],
  'AWS::Events::Rule': [20, 65],
  'AWS::IAM::Policy': [15, 20],
  'AWS::IAM::Role': [15, 20],
  'AWS::KMS::Key': [10, 120],
  'AWS::Lambda::Function': [8, 25],
  'AWS::Logs::LogGroup': [2, 6],
  'AWS::SQS::Queue': [60, 70],
};
const OTHERS: readonly [number, number] = [2, 20];

/** The allowances of an account that a new one does not have. */
export interface Allowed {
  /** The account is verified for CloudFront. */
  cloudFront: boolean;
  /** The priorities that rules of any listener have already. */
  listenerPriorities: readonly number[];
}

/** Creates the resources of a stack as CloudFormation does: each when those are there that it depends on, and otherwise all at once. */
export class Creation {
  private readonly account: Account;
  private readonly random: Random;
  private readonly allowed: Allowed;
  private readonly createCustom: (resource: Deployed) => Promise<void>;

  constructor(account: Account, random: Random, allowed: Allowed, createCustom: (resource: Deployed) => Promise<void>) {
    this.account = account;
    this.random = random;
    this.allowed = allowed;
    this.createCustom = createCustom;
  }

  /** @throws DeploymentFailed */
  async run(): Promise<void> {
    const { account } = this;
    const resources = [...account.resources];
    const needed = dependencies(account.assembly.template);
    const seconds = new Map(
      resources.map(({ logicalId, type }) => [logicalId, this.random.between(...(SECONDS[type] ?? OTHERS))]),
    );
    const made = new Map<string, Promise<void>>();
    let isRolledBack = false;
    const make = (resource: Deployed): Promise<void> => {
      const { logicalId } = resource;
      const known = made.get(logicalId);
      if (known) return known;
      const before = (needed.get(logicalId) ?? []).flatMap(id => resources.filter(other => other.logicalId === id));
      const making = Promise.all(before.map(make)).then(async () => {
        if (isCustom(resource.type)) await this.createCustom(resource);
        else await account.clock.wait(1000 * (seconds.get(logicalId) ?? 0));
        if (isRolledBack) return;
        this.requireAllowed(resource);
        account.created(resource);
      });
      made.set(logicalId, making);
      return making;
    };
    account.hide();
    try {
      await Promise.all(resources.map(make));
    } catch (error) {
      isRolledBack = true;
      account.hide();
      throw error;
    }
    account.emit('deployment', { stack: account.assembly.name, resources: resources.length });
  }

  private requireAllowed({ type, logicalId, properties }: Deployed): void {
    const { cloudFront, listenerPriorities } = this.allowed;
    const refused = (why: string) => new DeploymentFailed(`${type} ${logicalId}: ${why}`);
    if (type === 'AWS::CloudFront::Distribution' && !cloudFront)
      throw refused(
        'Your account must be verified before you can add new CloudFront resources. To verify your account, please contact AWS Support.',
      );
    const priority = Number(properties['Priority']);
    if (type === 'AWS::ElasticLoadBalancingV2::ListenerRule' && listenerPriorities.includes(priority))
      throw refused(`Priority '${priority}' is currently in use`);
  }
}
