import { Account, type Caller, type Input } from '../../src/account/account.ts';
import type { Resource } from '../../src/assembly/assembly.ts';
import { Clock } from '../../src/clock.ts';
import { Random } from '../../src/random.ts';

const ROLE = 'arn:aws:iam::123456789012:role/Deployer';

/** A caller in a role of the stack that may do everything. */
export const DEPLOYER: Caller = { name: 'deployer', role: ROLE };

const may = (Action: string, Resource: string) => ({
  PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] },
});

/** An embedded account without an app: one role that may do everything, and the resources that are given. */
export function embeddedAccount(seed = 1, resources: Record<string, Resource> = {}) {
  const Deployer: Resource = {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: { Statement: [] }, Policies: [may('*', '*')] },
  };
  const clock = new Clock('2026-03-02T09:00:00.000Z');
  const random = new Random(seed);
  const template = { Resources: { Deployer, ...resources } };
  const account = new Account({ name: 'Stack', directory: '', region: 'us-east-1', template }, clock, random);
  const call = async <Answer = Input>(service: string, operation: string, input: Input, caller = DEPLOYER) =>
    (await account.call(caller, service, operation, input)) as Answer;
  return { account, clock, random, call };
}
