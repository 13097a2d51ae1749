import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { IncidentsTable } from '../../lib/platform/incidents-table.ts';
import { INCIDENTS_TABLE } from '../support/incidents-table.ts';

it('the table of the tests has the keys and indexes of the deployed one', () => {
  const stack = new Stack(new App(), 'Stack');
  new IncidentsTable(stack, 'Incidents', { service: 'shop' });
  const [table] = Object.values(Template.fromStack(stack).findResources('AWS::DynamoDB::GlobalTable'));
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } = table?.['Properties'] ?? {};
  expect({
    KeySchema,
    GlobalSecondaryIndexes,
    BillingMode,
    AttributeDefinitions: sorted(AttributeDefinitions),
  }).toEqual({
    ...INCIDENTS_TABLE,
    AttributeDefinitions: sorted(INCIDENTS_TABLE.AttributeDefinitions),
  });
});

const sorted = (attributes: { AttributeName: string }[]) =>
  attributes.toSorted((one, other) => one.AttributeName.localeCompare(other.AttributeName));
