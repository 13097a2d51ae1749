import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import config from '../../config/mockupaws-production.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { suffer, timelineOf, typesOf, withDeployed } from './world.ts';

const MINUTE = 60_000;
const addressesOf = (...names: string[]) => names.map(name => config.people[name]?.email).sort();

it('what is owed after a P2: drafted, overdue, reminded of, done, told, closed', async () => {
  // A day is long: here the post-mortem is due within four hours, on the clocks of UTC, on which it is morning.
  const world = await RehearsalWorld.create(
    withDeployed(({ shared }) => Object.assign(shared, { postMortemHours: 4, reviewTimeZone: 'UTC' })),
    2,
  );
  const pass = (minutes: number) => world.clock.run(minutes * MINUTE, () => false);
  const mailed = (subject: RegExp) => world.topics.messages.filter(message => subject.test(message.subject));
  const to = (subject: RegExp) =>
    mailed(subject)
      .map(message => message.to)
      .sort();
  world.people.answer({ to: 'ada@mockupaws.com', link: 'Acknowledge', after: 2, once: true });
  await suffer(world, 35);
  const [incident] = world.incidents.values();
  const id = incident?.id ?? '';
  expect(incident).toMatchObject({ severity: 'P2', status: 'resolved' });

  // Within a minute of the resolution: the draft, its pictures, the invitation, and who is told of them.
  const bucket = world.objects.named('Reviews/Bucket');
  const fileOf = (name: string) => world.objects.find(bucket, `reviews/${id}/${name}`)?.body ?? new Uint8Array();
  const names = world.objects.of(bucket).map(({ key }) => key.replace(`reviews/${id}/`, ''));
  expect(names).toEqual(expect.arrayContaining(['1-requests-that-failed.png', 'invitation.ics', 'post-mortem.md']));
  for (const name of names.filter(each => each.endsWith('.png')))
    expect(PNG.sync.read(Buffer.from(fileOf(name)))).toMatchObject({ width: 1000, height: 360 });
  const draft = new TextDecoder().decode(fileOf('post-mortem.md'));
  expect(draft).toContain('| Incident commander | ada |');
  expect(draft).toContain('- "Kill database connections idle for over 300 s" helped');
  const invited = new RegExp(`^Review of ${id}: P2`);
  expect(to(invited)).toEqual(addressesOf('ada', 'cleo', 'dora', 'finn', 'gina'));
  const calendar = /Into your calendar: (\S+)/.exec(mailed(invited)[0]?.body ?? '')?.[1] ?? '';
  const opened = await world.functions.request(calendar);
  expect([opened.statusCode, opened.headers['content-type']]).toEqual([200, 'text/calendar; charset=utf-8']);
  expect(opened.body.replaceAll('\r\n ', '')).toContain('MAILTO:finn@mockupaws.com');

  // Items that nobody does fall due.
  await pass(260);
  expect(typesOf(world).filter(type => type === 'PostMortemOverdue')).toHaveLength(1);
  expect(to(/^\[OVERDUE\]/)).toEqual(addressesOf('ada', 'cleo', 'dora'));
  const person = (requestId: string) => ({ incident: id, by: 'dora', via: 'command line', requestId });
  const act = (command: object) => world.command({ do: 'act', ...person(JSON.stringify(command)), act: command });
  const dueAt = new Date(world.clock.now + 2 * MINUTE).toISOString();
  await act({ type: 'change action item', item: 'A1', owner: 'ben', dueAt });
  await pass(19);
  expect(to(new RegExp(`^${id} A1: `))).toEqual(addressesOf('ben'));
  expect(to(new RegExp(`^\\[DUE\\] ${id} A1: `))).toEqual(addressesOf('ben'));

  // The review is done in people's words, and not before.
  const finish = (document: string, requestId: string) =>
    world.command({ do: 'finish post-mortem', ...person(requestId), document });
  expect(await finish(draft, 'too early')).toMatchObject({
    refused: expect.stringContaining('"Root cause" is still open'),
  });
  const document = draft.replace(/_\[to be filled in: [^\]]*\]_/g, 'A report kept its sessions.');
  expect(await finish(document, 'complete')).toMatchObject({ happened: ['PostMortemDone'] });
  await pass(1);
  expect([...world.incidents.values()].map(({ status }) => status)).toEqual(['closed']);
  const review = new RegExp(`^Post-Incident Review: ${id}$`);
  expect(to(review)).toEqual(addressesOf('ada', 'cleo', 'dora', 'emil', 'finn'));
  expect(mailed(review)[0]?.body).toMatch(/Root cause\nA report kept its sessions\.\n.*- ben - Pool the connections/s);
  expect(new TextDecoder().decode(fileOf('post-mortem.md'))).toBe(document);
  const [before] = world.objects.formerly(bucket, `reviews/${id}/post-mortem.md`);
  expect(new TextDecoder().decode(before?.body)).toBe(draft);

  // Nothing is told twice, lost, or reminded of that is done.
  const told = timelineOf(world).flatMap(({ type, about, channel }) =>
    type === 'MessageDelivered' ? [`${about} ${channel}`] : [],
  );
  expect(new Set(told).size).toBe(told.length);
  expect(world.queues.total).toBe(0);
});
