import type { Audience } from '../../lambda/domain/incident/audiences.ts';
import type { Event, EventOf } from '../../lambda/domain/incident/events.ts';
import { historyOf, type IncidentHistory } from '../../lambda/domain/incident/history.ts';
import { plusMinutes } from '../../lambda/domain/kernel/time.ts';
import type { Source } from './source.ts';

const BEGAN = '2026-01-30T09:30:00.000Z';
const minute = (minutes: number) => plusMinutes(BEGAN, minutes);

/**
 * An incident as this service may have it, by which messages are shown: a P1 of the playbook for a service that is down, as
 * the user's own runbook has it, from its opening to its review. What only people can say stands in brackets.
 */
export function exampleIncident(source: Source): IncidentHistory {
  const timeline = story(source).map(([at, happening], seq) => ({
    ...happening,
    ...{ seq, at: minute(at), command: `example/${seq}` },
  }));
  return historyOf(timeline);
}

/** The first entry of a type, to an audience where it has one, and the incident as it stood then. */
export function firstOf<T extends Event['type']>({ timeline }: IncidentHistory, type: T, to?: Audience) {
  const seq = timeline.findIndex(entry => entry.type === type && (!to || ('to' in entry && entry.to === to)));
  if (seq === -1) throw new Error(`the example has no ${type}`);
  return { incident: historyOf(timeline.slice(0, seq + 1)), entry: timeline[seq] as EventOf<T> };
}

function story(source: Source): [number, Event][] {
  const { config, policy, playbooks, alarms } = source;
  const bound = playbooks.find(({ policy: { symptom } }) => symptom) ?? playbooks[0];
  if (!bound) throw new Error('without a playbook nothing is answered, and there is no runbook to write');
  const { name: playbook, title, alarms: levels } = bound.policy;
  const alarm = alarms.find(({ alarmName = '' }) => levels[alarmName] === 'critical');
  const summary = alarm?.alarmDescription ?? title;
  const person = config.escalation[0]?.people[0] ?? '';
  const [first] = policy.escalation;
  const [criterion] = policy.criteria;
  const next = (at: number) => ({ nextAt: minute(at + policy.updateMinutes) });
  const by = { by: 'automation' };
  return [
    [
      1,
      {
        ...{
          type: 'IncidentOpened',
          id: 'INC-2026-01-30-001',
          number: 1,
          slot: policy.service,
          service: policy.service,
        },
        ...{ playbook, title, policy: { ...policy, playbooks: [bound.policy] }, startedAt: BEGAN },
      },
    ],
    [
      1,
      {
        type: 'SignalFired',
        key: `alarm:${alarm?.alarmName}`,
        playbook,
        level: 'critical',
        summary,
        signalAt: minute(1),
      },
    ],
    [
      1,
      {
        ...{ type: 'SeverityAssigned', severity: 'P1', ...by },
        reasons: criterion ? [{ severity: 'P1', criterion: criterion.criterion, text: criterion.criterion }] : [],
      },
    ],
    [1, { type: 'Escalated', level: 1, role: first?.role ?? '', reason: 'opened as P1' }],
    [1, { type: 'ResponseRequested', attempt: 1 }],
    [1, { type: 'Published', ...by }],
    [1, { type: 'UpdatePosted', to: 'public', status: 'investigating', ...by, ...next(1) }],
    [
      2,
      {
        ...{ type: 'DiagnosisRecorded', attempt: 1 },
        findings: [{ check: 'service health', ok: false, summary: 'Health: no health URL answers', facts: {} }],
      },
    ],
    [4, { type: 'Acknowledged', by: person, via: 'link', until: minute(4 + policy.acknowledgementMinutes) }],
    ...(config.slack ? [[4, slackThread(config.slack.channel)] as [number, Event]] : []),
    [5, { type: 'UpdatePosted', to: 'stakeholders', status: 'identified', ...by, ...next(5) }],
    [6, { type: 'UpdatePosted', to: 'public', status: 'identified', ...by, ...next(6) }],
    [22, { type: 'Mitigated', reason: 'every signal cleared' }],
    [22, { type: 'UpdatePosted', to: 'public', status: 'monitoring', ...by, ...next(22) }],
    [27, { type: 'Resolved', ...by, reason: 'all signals clear and the service healthy' }],
    [27, { type: 'UpdatePosted', to: 'stakeholders', status: 'resolved', ...by }],
    [27, { type: 'UpdatePosted', to: 'public', status: 'resolved', ...by }],
    [
      28,
      {
        ...{ type: 'OutageMeasured', from: minute(0), to: minute(22) },
        worst: { at: minute(7), share: 0.62, of: 'requests' },
      },
    ],
    [40, { type: 'CauseIdentified', by: person, text: '[the cause]', happenedAt: minute(9) }],
    [40, { type: 'FixDeployed', by: person, text: '[what was done]', happenedAt: minute(20) }],
    [
      1200,
      {
        ...{ type: 'PostMortemDone', by: person, via: 'command line' },
        ...{ summary: '[one paragraph]', rootCause: '[the cause]', lessons: '[what was learnt]' },
        ...{ dataImpact: '[none, or how many records]', customers: '[what customers read of it]' },
      },
    ],
  ];
}

const slackThread = (channel: string): Event => ({
  ...{ type: 'ReferenceAdded', system: 'slack', ref: channel },
  url: `https://slack.com/archives/${channel}`,
});
