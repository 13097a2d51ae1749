/** The public face: an assembly in, a world out. Nothing else of this package is meant to be imported. */
export {
  Account,
  type Caller,
  type Input,
  type Need,
  type Operation,
  type Operations,
  ServiceError,
  shortName,
  type WorldEvent,
} from './account/account.ts';
export { type Assembly, type Properties, type Resource, readAssembly, type Template } from './assembly/assembly.ts';
export { type Deployed, resolveTemplate } from './assembly/resolve.ts';
export { type Change, Changes } from './changes.ts';
export { Clock } from './clock.ts';
export { DeploymentFailed } from './deployment-failed.ts';
export { matches } from './engine/event-pattern.ts';
export { CALL_FAULT_KINDS, type CallFault, type CallFaultKind, type Faults, type Outage } from './faults.ts';
export { ADMINISTRATOR, type Grant } from './iam/permissions.ts';
export { policyFaults } from './iam/policy-faults.ts';
export { policyAllows } from './iam/statements.ts';
export { Random } from './random.ts';
export type { Distributions, ViewerRequest, ViewerResponse } from './services/cloudfront.ts';
export type { Metrics } from './services/cloudwatch/metrics.ts';
export type { StreamRecord, TableKind } from './services/dynamodb/tables.ts';
export type { Functions, HttpAnswer, Invocation } from './services/lambda/functions.ts';
export type { Fetch, Network } from './services/lambda/network.ts';
export type { Objects, StoredObject } from './services/s3.ts';
export type { Secrets } from './services/secrets-manager.ts';
export { type Mail, SES_HOST, type SentMail } from './services/ses.ts';
export type { SmsStanding } from './services/sms.ts';
export type { Message, Topics } from './services/sns.ts';
export type { RunbookRun } from './services/ssm-automation.ts';
export type { Largest, SizeKind, Sizes } from './sizes.ts';
export {
  FUNCTION_ERROR,
  METRICS_COME,
  MISSING_OUTPUT,
  type Positions,
  QUESTIONS,
  type Question,
  question,
  taking,
  Undocumented,
} from './undocumented.ts';
export { Unsupported } from './unsupported.ts';
export { World, type WorldOptions } from './world.ts';
