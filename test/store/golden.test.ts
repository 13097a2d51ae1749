import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { type DeploymentDocument, SCHEMA } from '../../lambda/domain/deployed.ts';
import { contactsOf, currentDeployment, deploy, deployedPolicyOf } from '../../lambda/store/deployments.ts';
import { STEPS, upcast } from '../../lambda/store/upcast.ts';
import { everything } from '../support/everything.ts';
import { useResponder } from '../support/responder.ts';
import { synthesise } from '../support/stack.ts';
import { PASSED, READINGS, Story } from '../support/story.ts';

useResponder();

const FOLDER = `${import.meta.dirname}/golden`;
const fileOf = (schema: number) => `${FOLDER}/deployment-${schema}.json`;
const read = (file: string): DeploymentDocument => JSON.parse(readFileSync(file, 'utf8'));
const today = JSON.parse(JSON.stringify(synthesise(everything).deployed)) as DeploymentDocument;

if (!existsSync(fileOf(SCHEMA)) && !process.env['CI'])
  writeFileSync(fileOf(SCHEMA), `${JSON.stringify(today, undefined, 2)}\n`);

/** Fields whose keys are names that a configuration chooses. */
const NAMED = /\.(alarms|parameters|dimensions|addresses)$/;

/** Every field with its type, whatever the values: lists are one with their items, and names chosen by a configuration are any. */
function shapeOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap(item => shapeOf(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [`${path}: ${value === null ? 'null' : typeof value}`];
  return Object.entries(value).flatMap(([key, field]) => shapeOf(field, `${path}.${NAMED.test(path) ? '*' : key}`));
}

const shape = (document: DeploymentDocument) => [...new Set(shapeOf(document))].sort();

test(`what a deployment stores today has the shape of schema ${SCHEMA}`, () => {
  const golden = shape(read(fileOf(SCHEMA)));
  const now = shape(today);
  const changed = [
    ...golden.filter(field => !now.includes(field)).map(field => `- ${field}`),
    ...now.filter(field => !golden.includes(field)).map(field => `+ ${field}`),
  ];
  expect(
    changed,
    [
      `What is stored keeps the shape of schema ${SCHEMA}. Raise SCHEMA in lambda/domain/deployed.ts to ${SCHEMA + 1}, write the step`,
      `from ${SCHEMA} in lambda/store/upcast.ts, and run this test again: it writes the golden of schema ${SCHEMA + 1}.`,
      `While schema ${SCHEMA} is in no release, delete ${fileOf(SCHEMA)} instead.`,
    ].join(' '),
  ).toEqual([]);
});

test('each version has its golden, and each but the last its step to the next', () => {
  const versions = Array.from({ length: SCHEMA }, (_, i) => `deployment-${i + 1}.json`);
  expect(readdirSync(FOLDER).sort()).toEqual(versions.sort());
  expect(STEPS).toHaveLength(SCHEMA - 1);
});

describe.each(readdirSync(FOLDER))('%s, by the code of today', file => {
  const document = read(`${FOLDER}/${file}`);

  it('is deployed and read', async () => {
    await deploy(document, file, new AbortController().signal);
    const deployed = await currentDeployment(document.service);
    expect(deployed.rosters.length).toBeGreaterThan(0);
    expect(Object.keys((await contactsOf(deployed)).addresses).length).toBeGreaterThan(0);
    const policy = await deployedPolicyOf(deployed);
    for (const playbook of policy.playbooks) {
      const story = Story.under(policy);
      const [alarm] = Object.keys(playbook.alarms);
      if (!alarm) continue;
      story.at(0).fires(alarm, { playbook: playbook.name });
      story.at(1).diagnoses({ usersAffectedShare: 0.5 });
      story.plans(READINGS);
      if (story.incident.runs.some(({ status }) => status === 'running')) story.ends(PASSED);
      for (const minutes of [10, 30, 60, 240]) story.at(minutes).watches();
      expect(story.incident.severity).toMatch(/^P[1-4]$/);
    }
  });
});

test('a content takes every step from its own schema to the newest, and no other', () => {
  const add = (field: string) => (old: object) => ({ ...old, [field]: true });
  const steps = [{ policy: add('two') }, { contacts: add('other') }, { policy: add('four') }];
  const read = [1, 2, 3, 4].map(schema => Object.keys(upcast('policy', schema, {}, steps)));
  expect(read).toEqual([['two', 'four'], ['four'], ['four'], []]);
});

test('what later code has written is refused by its kind and schema, as after a rollback', () => {
  expect(() => upcast('policy', SCHEMA + 1, {})).toThrow(`a policy of schema ${SCHEMA + 1} cannot be read`);
});
