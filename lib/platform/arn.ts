import { Aws } from 'aws-cdk-lib';

/** The ARN of a resource in this account and region, e.g. `arn('ecs', 'service/shop/backend')`. */
export const arn = (service: string, resource: string) =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

/** The same ARN in the words of cdk-nag, which names tokens. */
export const arnInFindings = (service: string, resource: string) =>
  `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${resource}`;
