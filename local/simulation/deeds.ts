import { SSMClient, StartAutomationExecutionCommand } from '@aws-sdk/client-ssm';
import { reportIssue } from '../world/aws-health.ts';
import type { RehearsalWorld } from '../world/world.ts';
import { deployPolicy } from './deployed-policy.ts';
import type { Deed, Plan, PlannedEvent } from './plan.ts';
import { pretend } from './pretences.ts';
import { troubleNamed } from './troubles.ts';

const MINUTE = 60_000;

type DeedOf<Kind extends Deed['do']> = Extract<Deed, { do: Kind }>;
type Deeds = { [Kind in Deed['do']]: (world: RehearsalWorld, deed: DeedOf<Kind>, id: string) => void | Promise<void> };

/** The alarms of the stack that lead to incidents. */
export const alarmsOf = ({ account }: RehearsalWorld) =>
  account
    .ofType('AWS::CloudWatch::Alarm')
    .filter(({ properties }) => JSON.stringify(properties['Tags'] ?? []).includes('incident:playbook'));

const nameOf = (world: RehearsalWorld, alarm: number) => nth(alarmsOf(world), alarm)?.ref ?? '';

const nth = <T>(things: readonly T[], n: number): T | undefined => things[n % Math.max(1, things.length)];

/** The parameter by which people switch automation off. */
export const AUTOMATION = '/incident-response/mockupaws-production/automation';

const isOpen = ({ status }: { status: string }) => status !== 'resolved' && status !== 'closed';

/** People are refused for good reasons, and a service that is away refuses everybody. */
async function request(world: RehearsalWorld, asked: Record<string, unknown>): Promise<void> {
  const told = await world.command({ ...(asked['by'] !== undefined && { via: 'command line' }), ...asked }).then(
    ({ refused }) => refused,
    (error: Error) => `failed: ${error.message}`,
  );
  world.account.emit('asked', { ...asked, refused: told ?? null });
}

const DEEDS: Deeds = {
  trouble: (world, { trouble }) => troubleNamed(trouble).strike(world),
  mend: (world, { trouble }) => troubleNamed(trouble).mend(world),
  'set alarm': (world, { alarm, state }) => {
    world.alarms.set({ AlarmName: nameOf(world, alarm), StateValue: state, StateReason: 'testing the alarm' });
  },
  storm: (world, { alarms, text }) => {
    storm(world, alarms, text, 'ALARM');
    world.clock.after(10 * MINUTE, () => storm(world, alarms, text, 'OK'));
  },
  drill: (world, { alarm }) => {
    world.alarms.set({
      AlarmName: nameOf(world, alarm),
      StateValue: 'ALARM',
      StateReason: '[DRILL] set by ada with npx incident drill',
    });
  },
  'lose metric': (world, { metric }) => world.metrics.lose(...metricOf(world, metric)),
  'regain metric': (world, { metric }) => world.metrics.regain(...metricOf(world, metric)),
  answer: (world, { do: _, ...habit }) => world.people.answer(habit),
  act: (world, { by, incident, act }, id) => {
    const open = nth([...world.incidents.values()].filter(isOpen), incident);
    if (open) return request(world, { do: 'act', incident: open.id, by, requestId: id, act });
  },
  declare: (world, { by, title, text, fact }, id) =>
    request(world, {
      do: 'open',
      by,
      requestId: id,
      title,
      text: text.trim().slice(0, 900),
      ...(fact && { [fact]: true }),
    }),
  switch: (world, { value }) => world.parameters.set(AUTOMATION, value),
  'start maintenance': (world, { minutes, reason }, id) =>
    request(world, { do: 'start maintenance', by: 'ada', requestId: id, minutes, reason }),
  'end maintenance': (world, _, id) => request(world, { do: 'end maintenance', by: 'ada', requestId: id }),
  mute: ({ account, alarms, clock }, { minutes }, id) => {
    alarms.muteRules.put({
      ...{ Name: id, Description: 'an upgrade' },
      MuteTargets: {
        AlarmNames: account.ofType('AWS::CloudWatch::Alarm').flatMap(({ ref }) => (/database/.test(ref) ? [ref] : [])),
      },
      Rule: { Schedule: { Expression: `at(${clock.iso.slice(0, 16)})`, Duration: `PT${minutes}M` } },
    });
  },
  channel: ({ vendors }, { host, down }) => void (down ? vendors.down.add(host) : vendors.down.delete(host)),
  /** The account knows of it from the beginning. */
  away: () => undefined,
  strike: () => undefined,
  'deploy policy': (world, { title }) => deployPolicy(world, title),
  'deploy version': ({ service }) => service.deployments.deploy(service.deployments.errorShare > 0 ? 0.4 : 0),
  pretend: (world, { remedy }) => pretend(world, remedy),
  'AWS issue': (world, { service, minutes }) => {
    const { iso } = world.clock;
    const startedAt = () => (Date.parse(iso) - world.clock.now) / MINUTE - 5;
    reportIssue(world, { service, startedAt: startedAt() });
    world.clock.after(minutes * MINUTE, () =>
      reportIssue(world, { service, status: 'closed', startedAt: startedAt() }),
    );
  },
  ask: (world, { request: asked, incident }, id) => {
    const about = incident === undefined ? undefined : nth([...world.incidents.keys()], incident);
    const known = asked['by'] === undefined ? {} : { requestId: id };
    return request(world, { ...asked, ...known, ...(about && { incident: about }) });
  },
  async 'start runbook'(world, { runbook, parameters }) {
    const [document] = world.account.ofType('AWS::SSM::Document').filter(({ ref }) => ref.endsWith(`-${runbook}`));
    const Parameters = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]]));
    const start = new StartAutomationExecutionCommand({ DocumentName: document?.ref ?? runbook, Parameters });
    await world
      .client(SSMClient)
      .send(start)
      .catch(({ message }: Error) => world.account.emit('asked', { do: 'start runbook', runbook, refused: message }));
  },
  subscribe: ({ customers }, { email }) => customers.subscribe(email, 'api', 'website'),
  async unsubscribe({ customers, mail }, { email }) {
    const link = mail.mails.findLast(({ to }) => to === email)?.headers['List-Unsubscribe'];
    if (link) await customers.open(link.slice(1, -1), 'POST');
  },
  async press({ account, functions, secrets, vendors }, { button }) {
    const [slack] = account
      .ofType('AWS::Lambda::Url')
      .flatMap(({ path, attributes }) => (path.startsWith('Slack/') ? [attributes['FunctionUrl']] : []));
    const isShown = JSON.stringify(vendors.slack.messages[0]?.blocks ?? []).includes(`"action_id":"${button}"`);
    if (!slack || !isShown) return;
    const pressed = vendors.slack.press(secrets.of('Slack/Function', 'SIGNING_SECRET') ?? '', button);
    await functions.request(slack, pressed);
  },
  ticket: ({ incidents, vendors: { pagerduty } }, { act }) => {
    const [ticket] = [...incidents.keys()].flatMap(id => pagerduty.ticketOf(id) ?? []);
    if (ticket) pagerduty.act(ticket, { does: act });
  },
};

/** Puts all events of a plan on the world's agenda. */
export function schedule(world: RehearsalWorld, { events }: Plan): void {
  events.forEach((event, i) => {
    world.clock.after(event.at * MINUTE, () => perform(world, event, `event-${i}`));
  });
}

function perform(world: RehearsalWorld, event: PlannedEvent, id: string): void | Promise<void> {
  const { at: _, ...deed } = event;
  world.account.emit('planned', { ...deed, fault: event.do === 'trouble' });
  return (DEEDS[event.do] as (world: RehearsalWorld, deed: Deed, id: string) => void | Promise<void>)(world, event, id);
}

function storm({ buses, clock }: RehearsalWorld, alarms: number, text: string, value: 'ALARM' | 'OK'): void {
  const timestamp = new Date(clock.now).toISOString();
  const alarmTags = {
    ...{ 'incident:service': 'mockupaws-production', 'incident:playbook': 'ServiceHealth' },
    'incident:level': 'warning',
  };
  for (let i = 0; i < alarms; i++) {
    const state = { value, reason: text, timestamp };
    const detail = { alarmName: `elsewhere-${i}`, state, alarmTags };
    buses.put(buses.event('aws.cloudwatch', 'CloudWatch Alarm State Change', detail));
  }
}

function metricOf(world: RehearsalWorld, n: number): [namespace: string, name: string] {
  const { Namespace, MetricName } =
    nth(
      alarmsOf(world).filter(({ properties }) => properties['MetricName']),
      n,
    )?.properties ?? {};
  return [Namespace, MetricName];
}
