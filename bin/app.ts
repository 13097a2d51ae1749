import { readdirSync } from 'node:fs';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { ServiceConfig } from '../lib/config.ts';
import { IncidentResponse } from '../lib/incident-response.ts';
import { commonIncidents } from '../lib/playbooks.ts';

const app = new App();
const file: string = app.node.tryGetContext('config') ?? 'mockupaws-production';
const known = readdirSync(`${import.meta.dirname}/../config`).map(name => name.replace(/\.ts$/, ''));
if (!known.includes(file)) throw new Error(`There is no config/${file}.ts. There is: ${known.join(', ')}`);
const { default: config } = (await import(`../config/${file}.ts`)) as { default: ServiceConfig };

const stack = new Stack(app, `${config.service}-incident-response`, {
  description: `Incident response for ${config.title}`,
  env: { region: config.region },
});
new IncidentResponse(stack, 'IncidentResponse', {
  config,
  playbooks: commonIncidents(config),
});

Validations.of(app).addPlugins(new AwsSolutionsChecks());
