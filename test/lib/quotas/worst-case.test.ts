import { resolveTemplate } from 'embedded-aws';
import { describe, expect, it } from 'vitest';
import { atWorst, type TemplateJson } from '../../../lib/quotas/worst-case.ts';
import { everything } from '../../support/everything.ts';
import { stackOf } from '../../support/stack.ts';

const place = { region: 'us-east-1', stackName: 'shop' };
const { template, embedded } = stackOf(everything);

/** Each text of a value, with the way to it. */
function texts(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => texts(part, `${path}/${key}`));
}

describe('the whole stack', () => {
  const worst = atWorst(template.toJSON() as TemplateJson, { region: 'us-east-1', stackName: 'Stack' });

  it('has no reference left, and none that is not known', () => {
    const written = JSON.stringify(worst.Resources);
    expect(written).not.toMatch(/"(Ref|Fn::[A-Za-z]+)":/);
    expect(written).not.toContain('x'.repeat(2000));
  });

  it('has no text shorter than what a deployment makes of it', () => {
    const longest = new Map(
      Object.entries(worst.Resources ?? {}).flatMap(([id, { Properties }]) => texts(Properties, id)),
    );
    // The embedded account gives resources names that are longer than AWS's.
    const deployed = resolveTemplate(embedded)
      .flatMap(({ logicalId, properties }) => texts(properties, logicalId))
      .filter(([, text]) => !/incidentresponse/i.test(text));
    expect(deployed.length).toBeGreaterThan(1000);
    const shorter = deployed.filter(([path, text]) => (longest.get(path)?.length ?? Infinity) < text.length);
    expect(shorter).toEqual([]);
  });
});

describe('a reference', () => {
  const resolved = (Value: unknown, others: TemplateJson['Resources'] = {}) =>
    atWorst({ Resources: { ...others, One: { Type: 'Any', Properties: { Value } } } }, place).Resources?.['One']
      ?.Properties?.['Value'];
  const [role, named] = [
    { Role: { Type: 'AWS::IAM::Role' } },
    { Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: { 'Fn::Join': ['-', ['shop', 'red']] } } } },
  ];

  it.each([
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ 'Fn::Join': ['/', ['a', { 'Fn::Select': [1, { 'Fn::Split': ['-', 'b-c'] }] }]] }, 'a/c'],
    [{ 'Fn::Sub': 'the ${AWS::Region} of ${Alarm}' }, 'the us-east-1 of shop-red'],
    [{ Ref: 'AWS::NoValue' }, undefined],
    [{ Ref: 'Alarm' }, 'shop-red'],
    [{ 'Fn::GetAtt': ['Alarm', 'Arn'] }, 'arn:aws-us-gov:cloudwatch:us-east-1:xxxxxxxxxxxx:alarm:shop-red'],
    [{ Ref: 'Role' }, 'shop-Role-xxxxxxxxxxxxx'],
  ])('%j', (value, expected) => expect(resolved(value, { ...role, ...named })).toBe(expected));

  it('to what has no name is as long as the stack and the resource make it, at most as AWS lets it be', () => {
    const id = 'R'.repeat(100);
    expect(resolved({ Ref: id }, { [id]: { Type: 'AWS::IAM::Role' } })).toHaveLength(64);
  });

  it('that is not known is longer than any that is', () => {
    expect(resolved({ 'Fn::ImportValue': 'x' })).toHaveLength(2048);
    expect(resolved({ 'Fn::GetAtt': ['Role', 'Unknown'] }, role)).toHaveLength(2048);
  });
});

it('a role has the policies that are attached to it', () => {
  const policy = (Roles: object[]) => ({ Type: 'AWS::IAM::Policy', Properties: { Roles, PolicyDocument: { a: 1 } } });
  const { Resources } = atWorst(
    {
      Resources: {
        Role: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ b: 2 }] } },
        Attached: policy([{ Ref: 'Role' }]),
        Elsewhere: policy([{ Ref: 'Other' }]),
      },
    },
    place,
  );
  expect(Resources?.['Role']?.Properties?.['Policies']).toEqual([{ b: 2 }, { a: 1 }]);
});
