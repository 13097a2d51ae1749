import { App, Stack } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import config from '../../../config/mockupaws-production.ts';
import { Remedy, rollBack, scaleUp } from '../../../lib/index.ts';

const stack = () => new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');

it('is one and the same for playbooks that ask for the same', () => {
  const scope = stack();
  expect(scaleUp(scope, config, 20, 'SlowResponses')).toBe(scaleUp(scope, config, 20, 'ServiceHealth'));
  expect(rollBack(scope, config, 'BadDeployment')).toBe(rollBack(scope, config, 'ServiceHealth'));
  const documents = scope.node.findAll().filter(({ node }) => node.id === 'Document');
  expect(documents.filter(document => document.node.scope instanceof Remedy)).toHaveLength(2);
});

it('fails at synthesis, naming both playbooks and what differs, when they ask for different steps', () => {
  const scope = stack();
  scaleUp(scope, config, 20, 'ServiceHealth');
  expect(() => scaleUp(scope, config, 30, 'SlowResponses')).toThrow(
    'The playbooks ServiceHealth and SlowResponses share the remedy ScaleUp, but give it different values of ' +
      'title, parameters, blastRadius, needs, revert: give the same, or create a Remedy with an id of its own',
  );
});

it('names its document in its step, and takes back by the same document', () => {
  const { step, document } = scaleUp(stack(), config, 20, 'ServiceHealth');
  expect(step).toMatchObject({ runbook: 'scale-up', document: document.documentName });
  expect(step.revert?.parameters).toEqual({ DesiredCount: { fact: 'desiredTasks' }, ExpectedCount: '20' });
});
