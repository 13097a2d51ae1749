import { readFileSync, writeFileSync } from 'node:fs';
import { type Emulator, REGION } from './emulator.ts';

/** The types of which the emulator deploys nothing. Everything else is deployed as the app has it. */
export const UNSUPPORTED = [
  // Of SES it has configuration sets and identities.
  'AWS::SES::ContactList',
  // It has the parameters of Systems Manager, but neither documents nor Automation.
  'AWS::SSM::Document',
];

interface Resource {
  Type: string;
  Properties?: {
    [property: string]: unknown;
    Name?: unknown;
    ContactListName?: unknown;
    Metrics?: { MetricStat?: { Metric: object; Period: number; Stat: string } }[];
  };
}

interface Template {
  Resources: Record<string, Resource>;
}

const read = (file: string): Template => JSON.parse(readFileSync(file, 'utf8'));

/** It knows no alarms on expressions: they stand on the first metric of theirs here. */
function onOneMetric(resource: Resource): Resource {
  const { Metrics, ...alarm } = resource.Properties ?? {};
  const first = Metrics?.find(({ MetricStat }) => MetricStat)?.MetricStat;
  if (resource.Type !== 'AWS::CloudWatch::Alarm' || !first) return resource;
  return { ...resource, Properties: { ...alarm, ...first.Metric, Period: first.Period, Statistic: first.Stat } };
}

/** Takes what is listed out of the template, and gives the names of what was. A reference to it would fail the deployment. */
export function leaveOutUnsupported(file: string): unknown[] {
  const template = read(file);
  const resources = Object.entries(template.Resources);
  const isListed = ([, { Type }]: (typeof resources)[number]) => UNSUPPORTED.includes(Type);
  const kept = Object.fromEntries(
    resources.filter(resource => !isListed(resource)).map(([id, resource]) => [id, onOneMetric(resource)]),
  );
  writeFileSync(file, JSON.stringify({ ...template, Resources: kept }, undefined, 1));
  return resources.filter(isListed).map(([, { Properties }]) => Properties?.Name ?? Properties?.ContactListName);
}

/** Those of the template's types that the emulator says it does not know. */
export async function typesRefused({ endpoint }: Emulator, file: string): Promise<string[]> {
  const Resources = Object.fromEntries(Object.entries(read(file).Resources).map(([id, { Type }]) => [id, { Type }]));
  const TemplateBody = JSON.stringify({ Resources });
  // By hand, as the project needs no client for CloudFormation. The region is taken from the scope of the signature.
  const scope = `Credential=test/20260101/${REGION}/cloudformation/aws4_request`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none` },
    body: new URLSearchParams({ Action: 'ValidateTemplate', Version: '2010-05-15', TemplateBody }),
  });
  const refused = /Unrecognized resource types: \[([^\]]*)\]/.exec(await response.text())?.[1];
  return refused?.split(', ') ?? [];
}
