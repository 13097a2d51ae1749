import { readFileSync, writeFileSync } from 'node:fs';
import { type Emulator, REGION } from './emulator.ts';

/** The types of which the emulator deploys nothing. Everything else is deployed as the app has it. */
export const UNSUPPORTED = [
  // Of SES it has configuration sets and identities.
  'AWS::SES::ContactList',
  // It has the parameters of Systems Manager, but neither documents nor Automation.
  'AWS::SSM::Document',
];

interface Template {
  Resources: Record<string, { Type: string; Properties?: { Name?: unknown; ContactListName?: unknown } }>;
}

const read = (file: string): Template => JSON.parse(readFileSync(file, 'utf8'));

/** Takes what is listed out of the template, and gives the names of what was. A reference to it would fail the deployment. */
export function leaveOutUnsupported(file: string): unknown[] {
  const template = read(file);
  const resources = Object.entries(template.Resources);
  const isListed = ([, { Type }]: (typeof resources)[number]) => UNSUPPORTED.includes(Type);
  const kept = Object.fromEntries(resources.filter(resource => !isListed(resource)));
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
