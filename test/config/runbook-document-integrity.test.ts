import { execFileSync } from 'node:child_process';
import * as acm from '@aws-sdk/client-acm';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecs from '@aws-sdk/client-ecs';
import * as elbv2 from '@aws-sdk/client-elastic-load-balancing-v2';
import * as elasticache from '@aws-sdk/client-elasticache';
import * as rds from '@aws-sdk/client-rds';
import * as ssm from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { commands } from '../../bin/incident/commands.ts';
import { runbookDocument } from '../../bin/runbook/document.ts';
import config from '../../config/mockupaws-production.ts';
import { DEFAULT_CONFIG } from '../../lib/config/service-config.ts';
import { bare, document, headingsOf, lacking } from '../support/runbook-document.ts';
import { operationOf, shapeOf } from '../support/sdk-model.ts';

describe.each([
  ['with nearly everything', config, document],
  ['with nothing that may be left out', bare, runbookDocument(bare, DEFAULT_CONFIG)],
])('the document of a service %s', (_, service, text) => {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);

  it('tells no address and no telephone of anybody, no secret, and no account but in what is configured', () => {
    const addresses = Object.values(service.people)
      .flatMap(({ email, sms }) => [email ?? '', sms ?? ''])
      .filter(Boolean);
    expect(lacking(text, addresses)).toEqual(addresses);
    expect(/[\w.+-]+@[\w-]+\.\w/.exec(text)).toBeNull();
    expect(lacking(text, ['secretsmanager', ':secret:'])).toHaveLength(2);
    const accounts = [...text.matchAll(/\S*\b\d{12}\b\S*/g)].map(([word]) => `"${word}"`);
    expect(lacking(JSON.stringify(service), accounts)).toEqual([]);
  });

  it('is whole: each link within it leads somewhere, each table has its columns, nothing is unfilled', () => {
    const slug = (heading: string) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-');
    const anchors = headingsOf(text.split('\n')).map(heading => slug(heading.text));
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.filter(anchor => !anchors.includes(anchor))).toEqual([]);
    const prose = text.replace(/^```.*?^```$/gms, '');
    for (const [table] of prose.matchAll(/(?:^\|.*\n)+/gm)) {
      const widths = table
        .trim()
        .split('\n')
        .map(row => row.split(/(?<!\\)\|/).length);
      expect(new Set(widths).size, table).toBe(1);
    }
    expect(/undefined|\bnull\b|NaN|\[object|\{\{|\{%/.exec(prose.replace(/`[^`]*`/g, ''))).toBeNull();
  });

  it('has commands that a shell can read, and that `npx incident` and the AWS SDK know', () => {
    execFileSync('bash', ['-n'], { input: blocks.join('\n') });
    const known = commands().commands.map(command => command.name());
    const asked = [...text.matchAll(/npx incident ([\w-]+)/g)].map(([, name = '']) => name);
    expect(asked.filter(name => !known.includes(name))).toEqual([]);
    const calls = blocks.flatMap(awsCalls);
    expect(calls.length).toBeGreaterThan(30);
    for (const call of calls) expect(faultsOf(call), call).toEqual([]);
  });
});

/** Each call of `aws` on a line, also those within another; what tails logs is of the command line alone. */
function awsCalls(block: string): string[] {
  const within: string[] = [];
  const lines = block
    .replace(/ \\\n +/g, ' ')
    .replace(/\$\((aws [^)]+)\)/g, (_, call: string) => `X${within.push(call)}`)
    .split('\n');
  return [...lines, ...within].filter(line => line.startsWith('aws ') && !line.startsWith('aws logs tail '));
}

const CLIENTS: Record<string, object> = { acm, cloudwatch, ec2, ecs, elasticache, elbv2, rds, ssm };

/** What of a call the service does not know: an option, or what is picked from its answer. @throws of an operation. */
function faultsOf(call: string): string[] {
  const [, service = '', command = ''] = call.split(' ');
  const name = command.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase()).replace('Db', 'DB');
  const { input, output } = operationOf(CLIENTS[service] as Record<string, unknown>, name);
  const options = [...call.matchAll(/ --([\w-]+)/g)].map(([, option = '']) => option);
  const given = options.filter(option => !['region', 'output', 'query'].includes(option));
  const picked = / --query '(?:sort_by\()?(\w+)/.exec(call)?.[1];
  return [
    ...given.filter(option => !membersOf(input).includes(option.replaceAll('-', ''))),
    ...(picked && !membersOf(output).includes(picked.toLowerCase()) ? [picked] : []),
  ];
}

function membersOf(schema: unknown): string[] {
  const shape = shapeOf(schema);
  return shape.kind === 'structure' ? [...shape.members.keys()].map(member => member.toLowerCase()) : [];
}
