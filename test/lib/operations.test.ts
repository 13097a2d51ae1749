import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { everything as config } from '../support/everything.ts';
import { resources, stackOf } from '../support/stack.ts';

const operations = readFileSync(`${import.meta.dirname}/../../docs/operations.md`, 'utf8');

/** Names of the responder's own alarms, without the prefix that they share. */
const deployed = [stackOf(config).template, ...Object.values(stackOf(config).others)].flatMap(template =>
  resources(template, 'AWS::CloudWatch::Alarm').flatMap(({ properties: { AlarmName } }) => {
    const [, name] = String(AlarmName).split(`${config.service}-incident-response-`);
    return name === undefined ? [] : [name];
  }),
);

it('every alarm of the responder itself has one row that says what to do, and every row is of an alarm', () => {
  const [, section = ''] = operations.split('## Troubleshoot the responder\n');
  const table = section.split('\n').filter(line => /^\| `/.test(line) && line.split(' | ').length === 3);
  const rows = (section.split('\n### ')[0] ?? '').split('\n').filter(line => line.startsWith('| `'));
  expect(rows.filter(row => !table.includes(row))).toEqual([]);
  const named = rows.flatMap(row => [...(row.split(' | ')[0] ?? '').matchAll(/`([\w-]+)`/g)].map(([, name]) => name));
  expect(deployed.length).toBeGreaterThan(15);
  expect(named.toSorted()).toEqual(deployed.toSorted());
});
