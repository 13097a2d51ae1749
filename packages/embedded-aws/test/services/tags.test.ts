import { expect, test } from 'vitest';
import { ResourceTags } from '../../src/services/tags.ts';
import { embeddedAccount } from '../support/embedded-account.ts';

const alarm = (AlarmName: string, tags: Record<string, string>) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: { AlarmName, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
});

const { account, call } = embeddedAccount(1, {
  Shop: alarm('shop', { service: 'shop', level: 'critical' }),
  Other: alarm('other', { service: 'other' }),
  Untagged: alarm('untagged', {}),
});
new ResourceTags(account);

const find = async (input: object) => {
  const { ResourceTagMappingList } = (await call('tag', 'GetResources', {
    ResourceTypeFilters: ['cloudwatch:alarm'],
    ...input,
  })) as { ResourceTagMappingList: { ResourceARN: string }[] };
  return ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN.split(':').at(-1));
};

test('alarms are found by a tag, or by its value', async () => {
  expect(await find({ TagFilters: [{ Key: 'service' }] })).toEqual(['shop', 'other']);
  expect(await find({ TagFilters: [{ Key: 'service', Values: ['shop'] }, { Key: 'level' }] })).toEqual(['shop']);
});

test('they come page by page', async () => {
  const [first, second] = [
    await find({ ResourcesPerPage: 2 }),
    await find({ ResourcesPerPage: 2, PaginationToken: '2' }),
  ];
  expect([first, second]).toEqual([['shop', 'other'], ['untagged']]);
});

test('other types of resources are refused', async () => {
  await expect(find({ ResourceTypeFilters: ['s3'] })).rejects.toThrow('the resource types s3');
});
