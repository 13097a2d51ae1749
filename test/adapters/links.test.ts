import { GenerateMacCommand } from '@aws-sdk/client-kms';
import { expect, it, vi } from 'vitest';
import { personalLinks, verifyLink } from '../../lambda/adapters/links.ts';
import { kms, useLinks } from '../support/links.ts';
import { approvalAsked, committed, openIncident, stored } from '../support/responder.ts';
import { step } from '../support/story.ts';

useLinks();

const linksOf = async (person = 'ada') => {
  const incident = await stored();
  const entry = incident.timeline.at(-1);
  return entry ? personalLinks(incident, entry, person) : [];
};
const labels = (links: { label: string }[]) => links.map(({ label }) => label);
const tokenOf = (url = '') => new URL(url).pathname.slice(1);

it('a person gets a link to acknowledge while the incident is open, and links to approve and decline while an approval waits', async () => {
  await openIncident([step('ask', { mode: 'approve' })]);
  expect(labels(await linksOf())).toEqual(['Acknowledge']);
  await approvalAsked();
  const [approve, , acknowledge] = await linksOf();
  const { approval } = await stored();
  const link = await verifyLink('mockupaws-production', tokenOf(approve?.url));
  expect(link).toMatchObject({ action: 'approve', step: 'ask', person: 'ada', incident: 'INC-2026-04-07-001' });
  expect(link?.expires).toBe(Math.floor(Date.parse(approval?.expiresAt ?? '') / 1000));
  expect(acknowledge?.label).toBe('Acknowledge');
  await committed({ type: 'resolve', id: 'resolve', by: 'ada', reason: 'by hand' });
  expect(labels(await linksOf())).toEqual(['View']);
});

it('the person to whom an incident is handed over gets a link to resolve it', async () => {
  await openIncident();
  await committed({ type: 'end response', id: 'end', attempt: 1, reason: 'nothing helped' });
  const incident = await stored();
  const entry = incident.timeline.findLast(({ type }) => type === 'HandedOver');
  expect(labels(entry ? await personalLinks(incident, entry, 'ada') : [])).toEqual(['Acknowledge', 'Resolve']);
});

it('a signed link is the same when the message is sent again, and differs from person to person', async () => {
  await openIncident();
  expect(await linksOf()).toEqual(await linksOf());
  expect(await linksOf('ben')).not.toEqual(await linksOf());
});

it('a message goes out without links, and an error is logged, when KMS does not answer', async () => {
  await openIncident();
  kms.on(GenerateMacCommand).rejects(new Error('KMS is down'));
  expect(await linksOf()).toEqual([]);
  expect(console.error).toHaveBeenCalledWith(
    expect.objectContaining({ message: expect.stringContaining('KMS is down') }),
  );
});

it('a message has no links when there is no public endpoint', async () => {
  await openIncident();
  vi.stubEnv('LINKS_URL', '');
  expect(await linksOf()).toEqual([]);
});
