import { type Caller, type Input, type Resource, World } from 'embedded-aws';

/** A caller in a role of the stack that may do everything. */
export const RESPONDER: Caller = { name: 'responder', role: 'arn:aws:iam::123456789012:role/Responder' };

const EVERYTHING = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

const Responder: Resource = {
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: { Statement: [] }, Policies: [{ PolicyDocument: EVERYTHING }] },
};

/** An embedded account without an app: one role that may do everything. */
export function embeddedAccount(seed = 1) {
  const assembly = { name: 'Stack', directory: '', region: 'us-east-1', template: { Resources: { Responder } } };
  const { account, clock, metrics } = new World(assembly, { seed, start: '2026-03-02T09:00:00.000Z' });
  const call = async <Answer = Input>(service: string, operation: string, input: Input) =>
    (await account.call(RESPONDER, service, operation, input)) as Answer;
  return { account, clock, metrics, random: account.random, call };
}
