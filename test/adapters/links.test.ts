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

it('offers what can be done: to acknowledge while it is open, to answer an approval while it waits', async () => {
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

it('gives whom it is handed over to a link to resolve it', async () => {
  await openIncident();
  await committed({ type: 'end response', id: 'end', attempt: 1, reason: 'nothing helped' });
  const incident = await stored();
  const entry = incident.timeline.findLast(({ type }) => type === 'HandedOver');
  expect(labels(entry ? await personalLinks(incident, entry, 'ada') : [])).toEqual(['Acknowledge', 'Resolve']);
});

it('is the same when told again, and another for somebody else', async () => {
  await openIncident();
  expect(await linksOf()).toEqual(await linksOf());
  expect(await linksOf('ben')).not.toEqual(await linksOf());
});

it('is left out, and said so, when KMS does not answer: the message goes without', async () => {
  await openIncident();
  kms.on(GenerateMacCommand).rejects(new Error('KMS is down'));
  expect(await linksOf()).toEqual([]);
  expect(console.error).toHaveBeenCalledWith(
    expect.objectContaining({ message: expect.stringContaining('KMS is down') }),
  );
});

it('is left out where there is no door', async () => {
  await openIncident();
  vi.stubEnv('LINKS_URL', '');
  expect(await linksOf()).toEqual([]);
});
