import { expect, it } from 'vitest';
import { databaseConnections } from '../../local/scenarios/database-connections.ts';
import { serviceDown } from '../../local/scenarios/service-down.ts';
import { RehearsalWorld } from '../../local/world/world.ts';
import { assembly, timelineOf, typesOf } from './world.ts';

const MINUTE = 60_000;
const [ADA, BEN, CLEO, DORA] = ['ada', 'ben', 'cleo', 'dora'].map(name => `${name}@customer.example`) as [
  string,
  string,
  string,
  string,
];
const FIRST = 'Service Disruption - mockupAWS';
const LAST = '[Resolved] Service Disruption - mockupAWS';

const pass = (world: RehearsalWorld, minutes: number) => world.clock.run(minutes * MINUTE, () => false);
const mailsTo = (world: RehearsalWorld, email: string) => world.mail.mails.filter(({ to }) => to === email);
/** Everything that was told of the incident. */
const told = (world: RehearsalWorld, email: string) =>
  mailsTo(world, email).flatMap(({ subject }) => (subject.includes('Disruption') ? [subject] : []));
const oneClick = (world: RehearsalWorld, email: string) =>
  mailsTo(world, email).at(-1)?.headers['List-Unsubscribe']?.slice(1, -1) ?? '';

/** Opens every link in every mail, as scanners do, and names the hosts it came to. */
function scan(world: RehearsalWorld): Set<string> {
  const hosts = new Set<string>();
  world.account.listen(({ type, to }) => {
    if (type !== 'customer mail') return;
    for (const url of world.customers.linksTo(String(to))) {
      hosts.add(new URL(url).host);
      world.clock.after(1000, async () => void (await world.customers.open(url)));
    }
  });
  return hosts;
}

/** Names, hosts and numbers of ours that no customer may read. */
const OURS =
  /mockupaws-production|arn:aws|amazonaws|\d{12}|aurora|redis|database|connections|backend|ECS|P[1-4]\b|(ada|ben|cleo|dora)@mockupaws|npx|runbook/i;
const LINK = /https:\/\/status\.mockupaws\.com\/subscribe\/\S+/g;

it('tells those who confirmed, once an update and in order, until they unsubscribe, whatever a scanner opens', async () => {
  const world = await RehearsalWorld.create(assembly(), 3);
  const scanned = scan(world);
  const { customers, mail } = world;
  await customers.subscribe(ADA, 'api', 'website');
  await customers.subscribe(BEN, 'website');
  await customers.ask(CLEO, 'api', 'website');
  await customers.subscribe(DORA, 'api');
  await pass(world, 2);
  world.account.listen(({ type, to, subject }) => {
    if (type === 'customer mail' && to === DORA && subject === FIRST)
      world.clock.after(MINUTE, async () => void (await customers.open(oneClick(world, DORA), 'POST')));
  });
  databaseConnections.inject(world);
  await pass(world, 60);

  const nonsense = await customers.open('https://status.mockupaws.com/subscribe/nonsense');
  expect(nonsense).toContain('This link cannot be used');
  expect([...scanned].sort()).toEqual(['status.mockupaws.com', 'unsubscribe.ses.example']);
  expect([...mail.contacts.keys()].sort()).toEqual([ADA, BEN, DORA]);
  const updates = timelineOf(world).filter(({ type, to }) => type === 'UpdatePosted' && to === 'public');
  expect(updates.length).toBeGreaterThan(2);
  for (const email of [ADA, BEN]) {
    expect(told(world, email)).toHaveLength(updates.length);
    expect([told(world, email)[0], told(world, email).at(-1)]).toEqual([FIRST, LAST]);
    const [, ...mails] = mailsTo(world, email);
    mails.forEach(({ headers, body, at, from }, i) => {
      expect(headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
      expect(body).toContain(headers['List-Unsubscribe']?.slice(1, -1));
      expect(from).toBe('status@mockupaws.com');
      expect(at > (updates[i]?.at ?? '')).toBe(true);
    });
  }
  expect(told(world, CLEO)).toEqual([]);
  expect(told(world, DORA)).toEqual([FIRST]);
  for (const { subject, body } of mail.mails) expect(`${subject}\n${body.replace(LINK, '')}`).not.toMatch(OURS);
  expect(JSON.stringify(timelineOf(world))).not.toContain('customer.example');
  expect(world.queues.total).toBe(0);
});

it('SES that is down for an hour delays the mails alone; then each hears the latest, but whom SES refuses', async () => {
  const world = await RehearsalWorld.create(assembly(), 4);
  for (const email of [ADA, BEN, CLEO]) await world.customers.subscribe(email, 'api');
  await pass(world, 2);
  Object.assign(world.mail, { down: true });
  world.mail.refused.add(BEN);
  databaseConnections.inject(world);
  await pass(world, 60);
  expect(typesOf(world)).toContain('Resolved');
  expect(world.topics.messages.map(({ channel }) => channel)).toContain('sms');
  const delivered = timelineOf(world).flatMap(({ type, channel }) => (type === 'MessageDelivered' ? [channel] : []));
  expect(delivered).toContain('status page');
  expect(delivered).not.toContain('subscribers');
  expect(world.queues.total).toBe(0);
  world.mail.down = false;
  await pass(world, 10);
  expect([ADA, BEN, CLEO].map(email => told(world, email))).toEqual([[LAST], [], [LAST]]);
  expect(world.queues.total).toBe(1);
  expect(world.topics.messages.map(({ subject }) => subject).join()).toContain('mail-dead-letters');
});

it('is told once whatever is delivered twice, late, or lost and tried again', async () => {
  const world = await RehearsalWorld.create(assembly(), 5, { duplicated: 0.4, late: 60, lost: 0.1, unheard: 0.2 });
  for (let n = 0; n < 12; n++) {
    const EmailAddress = `customer-${n}@customer.example`;
    const TopicPreferences = ['api', 'website'].map(TopicName => ({ TopicName, SubscriptionStatus: 'OPT_IN' }));
    world.mail.contacts.set(EmailAddress, { EmailAddress, TopicPreferences, UnsubscribeAll: false });
  }
  serviceDown.inject(world);
  await pass(world, 60);
  for (let n = 0; n < 12; n++) {
    const subjects = told(world, `customer-${n}@customer.example`);
    expect(new Set(subjects).size).toBe(subjects.length);
    expect(subjects.at(-1)).toBe(LAST);
  }
});
