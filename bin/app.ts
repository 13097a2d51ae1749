import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { commonIncidents, DEFAULT_CONFIG, IncidentResponse } from '../lib/index.ts';
import { configurationOf } from './configurations.ts';

const app = new App();
const config = await configurationOf(app.node.tryGetContext('config') ?? DEFAULT_CONFIG);

const stack = new Stack(app, `${config.service}-incident-response`, {
  description: `Incident response for ${config.title}`,
  env: { region: config.region },
});
new IncidentResponse(stack, 'IncidentResponse', {
  config,
  playbooks: commonIncidents(config),
  // A rehearsal shows everything that the playbooks can do, whatever the configuration lets them.
  fullModes: app.node.tryGetContext('modes') === 'full',
});

Validations.of(app).addPlugins(new AwsSolutionsChecks());
