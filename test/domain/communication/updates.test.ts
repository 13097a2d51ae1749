import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Audience } from '../../../lambda/domain/incident/audiences.ts';
import type { EventOf } from '../../../lambda/domain/incident/events.ts';
import type { Policy, Step } from '../../../lambda/domain/incident/policy.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { minutesBetween } from '../../../lambda/domain/kernel/time.ts';
import { FAILED, minute, of, policy, Story, step, types } from '../../support/story.ts';

const PAGE = {
  url: 'https://status.mockupaws.com',
  components: [
    { id: 'api', name: 'API', description: '', affectedBy: ['DatabaseConnections'] },
    { id: 'website', name: 'Website', description: '', affectedBy: ['CertificateExpiry'] },
  ],
};
const SEVERE = {
  P1: { usersAffectedShare: 0.6 },
  P2: { healthFailingShare: 0.5 },
  P3: { usersAffectedShare: 0.1 },
  P4: {},
} as const;

/** The runbook's severities, with a status page. */
const told = (changes: Partial<Policy> = {}, plan: Step[] = []) =>
  Story.under(
    policy(plan, {
      severities: RUNBOOK_SEVERITIES,
      statusPage: PAGE,
      internalNames: ['mockupaws-production', 'shop-db-1'],
      ...changes,
    }),
  );

const updates = (story: Story, to: Audience) =>
  of(story.incident.timeline, 'UpdatePosted').filter(entry => entry.to === to);

const CHANNELS = { public: 'status page', stakeholders: 'stakeholders' } as const;

/** Each update arrives at once. */
function delivers(story: Story, ...audiences: Audience[]): void {
  for (const to of audiences) {
    const last = story.incident.told[to];
    if (last && !last.delivered) story.tell({ type: 'record delivery', about: last.seq, channel: CHANNELS[to] });
  }
}

/** Watched each minute from one to another, but for those that are missed. */
function watched(story: Story, from: number, to: number, missed: ReadonlySet<number> = new Set()): void {
  for (let at = from; at <= to; at++) {
    if (missed.has(at)) continue;
    story.at(at).watches();
    delivers(story, 'stakeholders', 'public');
  }
}

describe('an open incident', () => {
  test.each(['P1', 'P2'] as const)(
    'of severity %s is announced to stakeholders within 15 minutes, then at least every 30',
    severity => {
      const events = fc.array(fc.tuple(fc.integer({ min: 0, max: 230 }), fc.constantFrom('clears', 'fires', 'note')));
      fc.assert(
        fc.property(fc.option(fc.integer({ min: 0, max: 20 })), events, (diagnosed, events) => {
          const story = told();
          story.careful = false;
          story.fires();
          story.suffers(severity === 'P1' ? 0.6 : 0.4);
          for (let at = 0; at <= 240; at++) {
            story.at(at);
            if (at === diagnosed) story.diagnoses(SEVERE[severity]);
            for (const [, event] of events.filter(([when]) => when === at)) {
              if (event === 'note') story.tell({ type: 'note', by: 'ada', text: 'looking' });
              else story[event](`critical ${at % 3}`);
            }
            // Red to the end: it must not resolve.
            story.fires('critical', { at: minute(at) });
            watched(story, at, at);
          }
          expect(story.incident.severity).toBe(severity);
          for (const to of ['stakeholders', 'public'] as const) {
            const sent = updates(story, to);
            expect(minutesBetween(minute(0), sent[0]?.at ?? '')).toBeLessThanOrEqual(15);
            sent.forEach((update, i) => {
              const next = sent[i + 1]?.at ?? story.now;
              expect(minutesBetween(update.at, next), `${to} ${update.at}`).toBeLessThanOrEqual(30);
              expect(minutesBetween(update.at, update.nextAt ?? '')).toBeLessThanOrEqual(30);
            });
          }
          expect(of(story.incident.timeline, 'TargetMissed').filter(({ target }) => target === 'update')).toEqual([]);
          expect(story.folds()).toBe(true);
        }),
        { numRuns: 12 },
      );
    },
  );

  test('has a change of status announced early and its end at once, and no update afterwards', () => {
    const story = told({}, [step('scale-up')]);
    story.fires();
    story.suffers();
    watched(story, 0, 12);
    story.at(12).diagnoses({ healthFailingShare: 0.5, desiredTasks: 10 });
    watched(story, 13, 20);
    expect(updates(story, 'public').map(({ status }) => status)).toEqual(['investigating', 'identified']);
    story.at(20).resolves();
    watched(story, 21, 200);
    for (const to of ['stakeholders', 'public'] as const) {
      const last = updates(story, to).at(-1);
      expect(last).toMatchObject({ status: 'resolved', at: minute(20) });
      expect(last?.nextAt).toBeUndefined();
    }
  });

  test('mails stakeholders every half hour, and between only what lasts, however its alarm comes and goes', () => {
    const cycle = fc.record({ red: fc.integer({ min: 1, max: 25 }), green: fc.integer({ min: 1, max: 4 }) });
    fc.assert(
      fc.property(fc.array(cycle, { minLength: 20, maxLength: 20 }), cycles => {
        const story = told();
        story.careful = false;
        const colours = cycles.flatMap(({ red, green }) => [...Array(red).fill(true), ...Array(green * 3).fill(false)]);
        const statuses: { at: string; status: string }[] = [];
        for (const [at, red] of colours.slice(0, 240).entries()) {
          story.at(at);
          if (at === 0) story.fires();
          // The attempt has ended, or signals would not change the status.
          if (at === 1) story.responds();
          if (at > 1 && red !== colours[at - 1]) story[red ? 'fires' : 'clears']();
          story.watches(FAILED);
          delivers(story, 'stakeholders', 'public');
          if (statuses.at(-1)?.status !== story.incident.status)
            statuses.push({ at: minute(at), status: story.incident.status });
        }
        const sent = updates(story, 'stakeholders').filter(({ status }) => status !== 'resolved');
        for (const [i, update] of sent.entries()) {
          const before = sent[i - 1];
          if (!before) continue;
          const passed = minutesBetween(before.at, update.at);
          expect(passed).toBeLessThanOrEqual(30);
          if (passed >= 29) continue;
          expect(update.status).not.toBe(before.status);
          expect(passed).toBeGreaterThanOrEqual(
            sent.slice(0, i).some(({ status }) => status === update.status) ? 15 : 5,
          );
          const since = statuses.findLast(({ at }) => at <= update.at)?.at ?? '';
          expect(minutesBetween(since, update.at)).toBeGreaterThanOrEqual(5);
        }
        for (const { at } of sent)
          expect(sent.filter(other => other.at >= at && minutesBetween(at, other.at) < 60).length).toBeLessThanOrEqual(
            5,
          );
      }),
      { numRuns: 25 },
    );
  });

  const rise = (story: Story, to: 'P1' | 'P2') => story.tell({ type: 'set severity', severity: to, by: 'ada' });

  test.each(['P1', 'P2'] as const)(
    'that rises to %s is announced to stakeholders at once, whatever they read before',
    to => {
      const story = told();
      story.fires(to === 'P1' ? 'critical' : 'warning');
      story.diagnoses({});
      watched(story, 0, 4);
      // Told of a P2, or, as a person wrote to them, of a P3.
      if (to === 'P2') story.tell({ type: 'post update', text: 'we look at it', by: 'ada' });
      story.at(5);
      rise(story, to);
      watched(story, 5, 20);
      const since = updates(story, 'stakeholders').filter(({ at }) => at >= minute(5));
      expect(since.map(({ at }) => at)).toEqual([minute(5)]);
    },
  );

  test('misses its target when stakeholders have not read of a rise within 15 minutes', () => {
    const story = told();
    story.fires();
    story.diagnoses({});
    watched(story, 0, 2);
    rise(story, 'P1');
    // Nobody watches: what is posted then has not reached them in time.
    story.at(18).watches();
    const missed = of(story.incident.timeline, 'TargetMissed').filter(({ target }) => target === 'update');
    expect(missed).toMatchObject([{ to: 'stakeholders' }]);
  });

  test('that stakeholders have not read of is not announced to them when it ends', () => {
    const story = told();
    story.fires('warning');
    story.at(2).resolves();
    expect(updates(story, 'stakeholders')).toEqual([]);
  });
});

describe('customers', () => {
  const published = (severity: keyof typeof SEVERE, changes: Partial<Policy> = {}, drill = false, harm = true) => {
    const story = told(changes);
    story.fires('warning', { drill });
    story.tell({ type: 'set severity', severity, by: 'ada' });
    if (harm) story.suffers(0.06);
    watched(story, 0, 45);
    return story;
  };

  test.each([
    ['P1', true, false],
    ['P2', true, false],
    ['P3', false, true],
    ['P4', false, false],
  ] as const)(
    'read of a %s with measured harm: published automatically %s, published after a question %s',
    (severity, byItself, asked) => {
      const { timeline } = published(severity).incident;
      expect(of(timeline, 'Published').length > 0).toBe(byItself);
      expect(of(timeline, 'PublicationRequested')).toHaveLength(asked ? 1 : 0);
    },
  );

  test.each(['P1', 'P2'] as const)(
    'do not read of a %s without measured harm, and a person is asked once to publish it',
    severity => {
      const { incident } = published(severity, {}, false, false);
      expect(of(incident.timeline, 'Published')).toEqual([]);
      expect(of(incident.timeline, 'PublicationRequested')).toHaveLength(1);
    },
  );

  test('read of an incident as soon as harm is measured', () => {
    const story = published('P2', {}, false, false);
    story.suffers(0.05);
    expect(types(story.watches())).toContain('Published');
  });

  test('do not read of a drill, or without a status page, even when a person publishes', () => {
    for (const story of [published('P1', {}, true), published('P1', { statusPage: undefined })]) {
      expect(types(story.incident.timeline)).not.toContain('Published');
      expect(story.tell({ type: 'publish', by: 'ada' })).toEqual([]);
      expect(story.refused).toMatch(/customers are not told of it|there is no status page/);
    }
  });

  test('read of a P3 from when a person publishes it, for the components named', () => {
    const story = published('P3');
    story.tell({ type: 'publish', by: 'ada', components: ['nothing'] });
    expect(story.refused).toBe('there is no component nothing: there is api, website');
    expect(story.tell({ type: 'publish', by: 'ada', components: ['website'] })).toMatchObject([{ type: 'Published' }]);
    expect(story.tell({ type: 'publish', by: 'ben' })).toEqual([]);
    watched(story, 46, 80);
    expect(updates(story, 'public').length).toBeGreaterThan(1);
  });

  test('read updates to the end once they have read of an incident, also when its severity falls', () => {
    const story = published('P1');
    story.tell({ type: 'set severity', severity: 'P4', by: 'ada' });
    const before = updates(story, 'public').length;
    watched(story, 46, 80);
    expect(updates(story, 'public').length).toBeGreaterThan(before);
  });
});

describe('an update that does not arrive', () => {
  const missed = ({ incident }: Story) =>
    of(incident.timeline, 'TargetMissed').filter(({ target }) => target === 'update');

  test('escalates one level once, and the next missing update escalates again', () => {
    const story = told();
    story.fires();
    story.suffers();
    for (let at = 0; at <= 20; at++) {
      story.at(at).watches();
      delivers(story, 'stakeholders');
    }
    expect(missed(story)).toMatchObject([{ to: 'public' }]);
    const about = missed(story)[0] as EventOf<'TargetMissed'>;
    expect(minutesBetween(minute(0), about.at)).toBeLessThanOrEqual(12);
    expect(story.incident.timeline[about.seq + 1]).toMatchObject({ type: 'Escalated', level: 2 });
    for (let at = 21; at <= 45; at++) {
      story.at(at).watches();
      delivers(story, 'stakeholders');
    }
    expect(missed(story).map(({ to }) => to)).toEqual(['public', 'public']);
  });

  test('is not hidden by later updates that do not arrive either', () => {
    const story = told();
    story.fires();
    story.suffers();
    for (let at = 0; at <= 14; at++) {
      story.at(at).watches();
      delivers(story, 'stakeholders');
      // Every four minutes somebody says something, which nobody reads.
      if (at % 4 === 3) story.tell({ type: 'post update', by: 'ada', text: `minute ${at}` });
    }
    expect(missed(story).map(({ to }) => to)).toEqual(['public']);
  });

  test('on the page is not counted as delivered when subscribers receive it by e-mail', () => {
    const story = told();
    story.fires();
    story.suffers();
    story.watches();
    story.at(1).watches();
    const { seq } = story.incident.told.public ?? { seq: 0 };
    story.tell({ type: 'record delivery', about: seq, channel: 'subscribers' });
    expect(story.incident.told.public?.delivered).toBe(false);
  });
});

describe('an update that a person writes', () => {
  test('reaches all audiences or stakeholders alone, and replaces updates for half an hour', () => {
    const story = told();
    story.fires();
    story.suffers();
    watched(story, 0, 5);
    story.at(6).tell({ type: 'post update', by: 'ada', via: 'slack', text: 'We have stopped the export.' });
    expect(story.incident.timeline.slice(-2)).toMatchObject([
      { to: 'stakeholders', text: 'We have stopped the export.', by: 'ada', nextAt: minute(36) },
      { to: 'public', text: 'We have stopped the export.', nextAt: minute(36) },
    ]);
    delivers(story, 'stakeholders', 'public');
    watched(story, 7, 34);
    expect(updates(story, 'public').at(-1)?.at).toBe(minute(6));
    expect(story.tell({ type: 'post update', by: 'ada', internal: true, text: 'it is shop-db-1' })).toMatchObject([
      { to: 'stakeholders' },
    ]);
  });

  test('is refused for customers when it names what is internal', () => {
    const story = told();
    story.fires();
    story.suffers();
    watched(story, 0, 2);
    expect(story.tell({ type: 'post update', by: 'ada', text: 'restarted SHOP-DB-1' })).toEqual([]);
    expect(story.refused).toContain('customers would read');
  });
});
