import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { IncidentEvent } from '../../../lambda/domain/incident/events.ts';
import { attemptUnderWay } from '../../../lambda/domain/incident/incident.ts';
import type { PlaybookPolicy } from '../../../lambda/domain/incident/policy.ts';
import { awaitsTurn, fires, isCause, playbooksOf } from '../../../lambda/domain/incident/troubles.ts';
import { stormReason } from '../../../lambda/domain/intake/storm.ts';
import { isPagedEvent, pages } from '../../../lambda/domain/messages/page.ts';
import { FAILED, of, PASSED, policy, Story, step, temporary } from '../../support/story.ts';

/** A playbook with one alarm and one step, each of its name. */
const playbook = (name: string, changes: Partial<PlaybookPolicy> = {}): PlaybookPolicy => ({
  ...{ name, title: `Trouble of ${name}`, impact: 'API timeouts', alarms: { [name]: 'critical' }, plan: [step(name)] },
  ...changes,
});

const SYMPTOM = playbook('symptom', { symptom: true });
const tell = (...playbooks: PlaybookPolicy[]) => Story.under({ ...policy([]), playbooks });

/** The workflow goes on until no attempt is under way; each step ends as given. Gives what happened. */
function works(story: Story, outcome: (step: string) => typeof PASSED = () => FAILED): IncidentEvent[] {
  const happened: IncidentEvent[] = [];
  for (let turns = 0; attemptUnderWay(story.incident); turns++) {
    if (turns > 30) throw new Error('the attempt does not end');
    happened.push(...story.diagnoses());
    const planned = story.plans();
    happened.push(...planned);
    const [started] = of(planned, 'StepStarted');
    if (started) happened.push(...story.ends(outcome(started.step)));
  }
  return happened;
}

const steps = (entries: readonly IncidentEvent[]) => of(entries, 'StepStarted').map(({ step }) => step);
const title = (story: Story) => story.incident.title;

describe('a cause and its symptom', () => {
  test('the cause comes first: it keeps its title, and the symptom’s steps have their turn after its own', () => {
    const story = tell(playbook('cause'), SYMPTOM);
    story.at(0).fires('cause');
    story.at(1).fires('symptom');
    expect(steps(works(story))).toEqual(['cause', 'symptom']);
    expect([title(story), story.incident.handedOver !== undefined]).toEqual(['Trouble of cause', true]);
  });

  test('the symptom comes first: the cause gives it title and plan, and it is handed over once', () => {
    const story = tell(playbook('cause'), SYMPTOM);
    story.at(0).fires('symptom');
    story.diagnoses();
    story.at(1).fires('cause');
    expect(title(story)).toBe('Trouble of cause');
    const happened = works(story);
    expect(steps(happened)).toEqual(['cause', 'symptom']);
    expect(of(happened, 'HandedOver')).toHaveLength(1);
  });

  test('both at once: the cause gives the title, in either order', () => {
    for (const order of [
      ['cause', 'symptom'],
      ['symptom', 'cause'],
    ]) {
      const story = tell(playbook('cause'), SYMPTOM);
      const signals = order.map(name => ({
        ...({
          id: name,
          key: `alarm:${name}`,
          state: 'firing',
          level: 'critical',
          service: story.policy.service,
        } as const),
        ...{ playbook: name, at: story.now, summary: name },
      }));
      story.receives(...signals);
      expect(title(story)).toBe('Trouble of cause');
      expect(steps(works(story))[0]).toBe('cause');
    }
  });

  test('a step of the symptom that runs already ends before the cause has its turn', () => {
    const story = tell(playbook('cause'), SYMPTOM);
    story.at(0).fires('symptom');
    story.diagnoses();
    expect(steps(story.plans())).toEqual(['symptom']);
    story.at(1).fires('cause');
    story.ends(FAILED);
    expect(steps(works(story))).toEqual(['cause']);
  });

  test('the cause clears and the symptom stays: so does the incident, and its steps have their turn after a while', () => {
    const story = tell(playbook('cause'), SYMPTOM);
    story.at(0).fires('cause');
    story.at(1).fires('symptom');
    story.diagnoses();
    story.at(2).plans();
    story.at(3).clears('cause');
    story.ends(PASSED);
    works(story);
    expect(story.incident.attempt?.outcome).toBe('cleared');
    expect(of(story.at(10).watches(), 'ResponseRequested')).toEqual([]);
    expect(of(story.at(20).watches(), 'ResponseRequested')).toMatchObject([{ playbook: 'symptom' }]);
    expect(steps(works(story))).toEqual(['symptom']);
    expect(title(story)).toBe('Trouble of cause');
  });

  test('after a hand-over for the symptom the cause still has its turn, and wakes nobody who knows', () => {
    const story = tell(playbook('cause'), SYMPTOM);
    story.at(0).fires('symptom');
    works(story);
    story.at(2).acknowledges();
    const happened = [...story.at(5).fires('cause'), ...works(story)];
    expect(steps(happened)).toEqual(['cause']);
    const messages = happened.filter(isPagedEvent).flatMap(entry => pages(story.incident, entry));
    expect(messages.map(({ urgency }) => urgency)).toEqual(['notice']);
  });
});

describe('an approval of one plan', () => {
  const asked = () => {
    const story = tell(playbook('cause', { plan: [step('ask', { mode: 'approve' })] }), playbook('other'));
    story.at(0).fires('cause');
    works(story);
    expect(story.incident.approval?.step).toBe('ask');
    return story;
  };

  test('stays asked while the plan of another trouble has its turn', () => {
    const story = asked();
    story.at(2).fires('other');
    expect(steps(works(story))).toEqual(['other']);
    expect(story.incident.approval?.step).toBe('ask');
    story.tell({ type: 'answer approval', step: 'ask', approve: true, by: 'ada' });
    expect(steps(works(story))).toEqual(['ask']);
  });

  test('that was declined keeps no step of the same name of another plan from running', () => {
    const asks = playbook('memory', { plan: [step('roll-back', { mode: 'approve' })] });
    const story = tell(asks, playbook('deployment', { plan: [step('roll-back')] }));
    story.at(0).fires('memory');
    works(story);
    story.at(2).tell({ type: 'answer approval', step: 'roll-back', approve: false, by: 'ada' });
    works(story);
    story.at(5).fires('deployment');
    expect(of(works(story), 'StepStarted')).toMatchObject([{ step: 'roll-back', dryRun: false }]);
    expect(of(story.incident.timeline, 'ApprovalRequested')).toHaveLength(1);
  });

  test('is not overtaken by another question: that plan goes on when the first is answered', () => {
    const story = tell(
      playbook('cause', { plan: [step('ask', { mode: 'approve' })] }),
      playbook('symptom', { symptom: true, plan: [step('first'), step('ask too', { mode: 'approve' })] }),
    );
    story.at(0).fires('cause');
    works(story);
    story.at(2).fires('symptom');
    const happened = works(story);
    expect([steps(happened), of(happened, 'HandedOver')]).toEqual([['first'], []]);
    expect(story.incident.approval?.step).toBe('ask');
    story.at(40).watches();
    works(story);
    expect(story.incident.approval?.step).toBe('ask too');
    story.at(80).watches();
    const last = works(story);
    expect(of(last, 'HandedOver')[0]?.reason).toMatch(/Do ask: not approved.*Do ask too: not approved/);
  });

  test('lets the plan of the symptom that gave way for it go on meanwhile', () => {
    const story = tell(playbook('cause', { plan: [step('ask', { mode: 'approve' })] }), SYMPTOM);
    story.at(0).fires('symptom');
    story.at(1).fires('cause');
    works(story);
    expect(story.incident.approval?.step).toBe('ask');
    story.at(2).watches();
    expect(steps(works(story))).toEqual(['symptom']);
    expect(story.incident.approval?.step).toBe('ask');
  });

  test('that is given while another plan has its turn is carried out afterwards', () => {
    const story = asked();
    story.at(2).fires('other');
    story.diagnoses();
    story.plans();
    story.tell({ type: 'answer approval', step: 'ask', approve: true, by: 'ada' });
    story.ends(FAILED);
    works(story);
    story.at(3).watches();
    expect(steps(works(story))).toEqual(['ask']);
  });
});

test('two causes are worked on one after the other, and the second does not give up', () => {
  const story = tell(playbook('one'), playbook('two'));
  story.at(0).fires('one');
  story.diagnoses();
  story.plans();
  story.at(1).fires('two');
  story.ends(FAILED);
  const happened = works(story);
  expect(steps(happened)).toEqual(['two']);
  expect(of(happened, 'HandedOver')[0]?.reason).toMatch(/Do one: .*Do two: /);
});

test('a revert that failed is tried again, also after the plan of another cause has succeeded', () => {
  const story = tell(playbook('one', { plan: [temporary('one')] }), playbook('two'));
  story.at(0).fires('one');
  story.diagnoses();
  story.plans();
  story.at(1).clears('one');
  story.ends(PASSED);
  story.plans();
  story.ends('0 of 10 tasks run');
  story.at(2).fires('two');
  story.watches();
  story.diagnoses();
  expect(steps(story.plans())).toEqual(['two']);
  story.at(3).clears('two');
  story.ends(PASSED);
  story.plans();
  expect(story.incident.attempt).toMatchObject({ outcome: 'recovered', obstacle: undefined });
  for (let at = 4; at < 35 && !attemptUnderWay(story.incident); at++) story.at(at).watches();
  expect(
    of(
      works(story, () => PASSED),
      'StepStarted',
    ),
  ).toMatchObject([{ undoes: 'INC-2026-04-07-001/1/one' }]);
});

test('an independent playbook is an incident of its own', () => {
  const story = tell(playbook('cause'), playbook('apart', { independent: true }));
  expect(story.policy.playbooks.map(({ name }) => isCause(playbook(name)))).toEqual([true, true]);
});

const NAMES = ['one', 'two', 'three', 'symptom'];

type Move =
  | { do: 'fires' | 'clears' | 'loses'; alarm: string }
  | { do: 'works' }
  | { do: 'watches' }
  | { do: 'acknowledges' }
  | { do: 'answers'; approve: boolean };

const moves = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constantFrom('fires', 'clears', 'loses'), alarm: fc.constantFrom(...NAMES) }),
    },
    { weight: 4, arbitrary: fc.constant({ do: 'works' }) },
    { weight: 4, arbitrary: fc.constant({ do: 'watches' }) },
    { weight: 1, arbitrary: fc.constant({ do: 'acknowledges' }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('answers'), approve: fc.boolean() }) },
  ) as fc.Arbitrary<Move>,
  { minLength: 1, maxLength: 40 },
);

it('in any order of symptoms, causes, answers and pauses nothing that fires is left without its turn or a person', () => {
  const playbooks = [
    playbook('one'),
    playbook('two', { plan: [step('ask', { mode: 'approve' }), step('two')] }),
    playbook('three', { plan: [step('ask three', { mode: 'approve' })] }),
    playbook('symptom', { symptom: true, plan: [step('symptom'), step('ask symptom', { mode: 'approve' })] }),
  ];
  fc.assert(
    fc.property(moves, fc.integer({ min: 1, max: 20 }), fc.boolean(), (befell, apart, helps) => {
      const story = Story.under({ ...policy([]), playbooks, maximumAttempts: 100 });
      story.careful = false;
      const outcome = () => (helps ? PASSED : FAILED);
      befell.forEach((move, i) => {
        story.at(i * apart);
        if (!story.opened && move.do !== 'fires') return;
        if (move.do === 'works') works(story, outcome);
        else if (move.do === 'watches') story.watches(FAILED);
        else if (move.do === 'acknowledges') story.acknowledges();
        else if (move.do === 'answers') {
          const step = story.incident.approval?.step;
          if (step) story.tell({ type: 'answer approval', step, approve: move.approve, by: 'ada' });
        } else story[move.do](move.alarm);
        if (story.opened) leadsRightly(story);
      });
      if (!story.opened) return;
      // The world stands still: what is left to do is done within the hour, questions included.
      for (let minutes = 0; minutes < 150; minutes++) {
        story.at(befell.length * apart + minutes).watches(FAILED);
        works(story, outcome);
      }
      const { incident } = story;
      const burning = playbooksOf(incident).filter(({ name }) => fires(incident, name));
      if (burning.length > 0) {
        const waiting = burning.filter(({ name }) => awaitsTurn(incident, name));
        if (!stormReason(incident, [])) expect(waiting).toEqual([]);
        expect(incident.handedOver).toBeDefined();
      }
      expect(story.folds()).toBe(true);
    }),
  );
});

it('who has acknowledged is woken only for a rise, a question, a missed target, or the first hand-over', () => {
  const playbooks = [playbook('one'), playbook('two', { plan: [step('ask', { mode: 'approve' })] }), SYMPTOM];
  const alarms = fc.constantFrom('one', 'two', 'symptom');
  const befalls = fc.array(fc.record({ fires: fc.boolean(), alarm: alarms, works: fc.boolean() }), { maxLength: 25 });
  fc.assert(
    fc.property(befalls, fc.integer({ min: 1, max: 8 }), (befell, apart) => {
      const story = Story.under({ ...policy([]), playbooks, acknowledgementMinutes: 1000 });
      story.careful = false;
      story.fires('symptom');
      story.acknowledges();
      let told = story.incident.severity;
      befell.forEach(({ fires, alarm, works: isWorking }, i) => {
        story.at((i + 1) * apart);
        const first = story.incident.handedOver === undefined;
        const happened = [
          ...(fires ? story.fires(alarm) : story.clears(alarm)),
          ...(isWorking && attemptUnderWay(story.incident) ? works(story) : []),
          ...story.watches(FAILED),
        ];
        const waking = happened
          .filter(isPagedEvent)
          .filter(entry => pages(story.incident, entry).some(({ urgency }) => urgency === 'page'));
        const allowed = waking.filter(
          ({ type }) =>
            type === 'ApprovalRequested' ||
            type === 'TargetMissed' ||
            (type === 'HandedOver' && first) ||
            (type === 'Escalated' && story.incident.severity !== told),
        );
        expect(waking.map(({ type }) => type)).toEqual(allowed.map(({ type }) => type));
        told = story.incident.severity;
      });
    }),
  );
});

/** Once a cause has fired, a cause gives the title: one that fires, if any does. */
function leadsRightly({ incident }: Story): void {
  const causes = playbooksOf(incident).filter(isCause);
  if (causes.length === 0) return;
  const names = causes.map(({ name }) => name);
  expect(names).toContain(incident.playbook);
  if (names.some(name => fires(incident, name))) expect(fires(incident, incident.playbook)).toBe(true);
}
