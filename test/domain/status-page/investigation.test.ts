import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../lambda/domain/incident/policy.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { renderer } from '../../../lambda/domain/kernel/templates.ts';
import { history } from '../../../lambda/domain/status-page/history.ts';
import { incidentLine } from '../../../lambda/domain/status-page/incident-page.ts';
import { publicIncident } from '../../../lambda/domain/status-page/public-incident.ts';
import { componentState } from '../../../lambda/domain/status-page/state.ts';
import { customerMail } from '../../../lambda/domain/subscribers/customer-notification.ts';
import { readFolders } from '../../../lib/platform/templates.ts';
import { siteInput } from '../../support/status-page.ts';
import { minute, policy, STATUS_PAGE, Story } from '../../support/story.ts';

const render = renderer(readFolders('messages', 'status-updates'));
const API = { id: 'api', name: 'API', description: '' };
const POLICY: Partial<Policy> = {
  severities: RUNBOOK_SEVERITIES,
  statusPage: STATUS_PAGE,
};

/** A breach of a service that is well, which ada releases after two minutes. */
function released(declaration: object = { securityBreach: true }): Story {
  const story = Story.under(policy([], POLICY));
  story.fires('declared', { reporter: 'grace', declared: { ...declaration, text: 'the token of a customer' } });
  story.at(1).diagnoses({ usersAffectedShare: 0, healthFailingShare: 0 });
  story.at(2).tell({ type: 'publish', by: 'ada' });
  return story.watchesFrom(2, 4);
}

const shown = ({ incident }: Story) => {
  const found = publicIncident(incident, render);
  if (!found) throw new Error('customers are told nothing');
  return found;
};

/** The page as it is then; that day and the week before were measured throughout. */
const site = (story: Story) => {
  const day = {
    ...Object.fromEntries(['01', '02', '03', '04', '05', '06'].map(each => [`2026-04-${each}`, 1])),
    '2026-04-07': (Date.parse(story.now) - Date.parse('2026-04-07T00:00:00Z')) / 86_400_000,
  };
  const incidents = [shown(story)];
  return siteInput({ now: story.now, components: [API], incidents, measured: { days: day, lastAt: story.now } });
};

const text = (story: Story) => shown(story).updates[0]?.body ?? '';

describe('a declared breach on the status page', () => {
  it('is an investigation in its own words: no component is down, and uptime does not change', () => {
    const story = released().watchesFrom(5, 50);
    expect(shown(story)).toMatchObject({
      ...{ name: 'Security investigation', impact: 'none', status: 'investigating', components: [] },
    });
    expect(text(story)).toMatch(
      /^We are investigating a security matter that concerns mockupAWS\. We know of no disruption of the service\.\n/,
    );
    expect(incidentLine(shown(story))).toMatchObject({ impact: { word: 'Investigation' }, components: '' });
    expect(componentState(site(story), 'api')).toBe('operational');
    expect(history(site(story), 'api').uptime).toBe(1);
    story.resolves();
    expect(text(story)).toMatch(/^Our investigation is complete\.\n/);
    expect(history(site(story), 'api').uptime).toBe(1);
  });

  it('does not show the text of the declaration, and a data loss is a data investigation', () => {
    expect(JSON.stringify(shown(released()))).not.toContain('token');
    expect(shown(released({ dataLoss: true })).name).toBe('Data investigation');
    expect(text(released({ dataLoss: true }))).toMatch(/^We are investigating whether data of mockupAWS were lost/);
  });

  it('claims no cause and no fix, whatever a diagnosis finds', () => {
    const story = released();
    story.tell({ type: 'state cause', by: 'ada', text: 'a token leaked', happenedAt: minute(1) });
    story.watchesFrom(5, 40);
    expect(story.incident.status).toBe('identified');
    expect(new Set(shown(story).updates.map(({ status }) => status))).toEqual(new Set(['investigating']));
  });

  it('shows harm that is measured meanwhile, for as long as it was measured', () => {
    const story = released();
    story.at(10).suffers(0.3);
    story.watchesFrom(10, 34);
    expect(componentState(site(story), 'api')).toBe('partial_outage');
    expect(text(story)).toMatch(/ Requests may fail or take longer than usual\.\n/);
    story.at(35).suffers(0);
    story.watchesFrom(35, 70);
    expect(componentState(site(story), 'api')).toBe('operational');
    expect(text(story)).toMatch(/ We know of no disruption of the service\.\n/);
    const [today] = history(site(story), 'api').days.slice(-1);
    expect(today?.down).toBeCloseTo(0.3 * 25, 9);
    story.at(90).resolves();
    expect(history(site(story), 'api').days.at(-1)?.down).toBeCloseTo(0.3 * 25, 9);
    expect(shown(story)).toMatchObject({
      impact: 'major',
      components: [API],
      disruptions: [{ from: minute(9), to: minute(34) }],
    });
  });

  it('is mailed to subscribers without claiming a disruption', () => {
    const letter = customerMail(released().incident, render);
    expect(letter).toMatchObject({ subject: 'Security investigation - mockupAWS', components: ['api'] });
    expect(letter?.body).not.toMatch(/Affected|apologi|[Oo]utage/);
  });
});
