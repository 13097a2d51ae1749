import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configurationOf, configurations } from '../../bin/configurations.ts';
import { differences } from '../../bin/runbook/differences.ts';
import { documentOf, runbookDocument } from '../../bin/runbook/document.ts';
import config from '../../config/mockupaws-production.ts';
import { DECLARED } from '../../lambda/domain/incident/policy.ts';
import { assess, RUNBOOK_CRITERIA } from '../../lambda/domain/kernel/severity.ts';
import { DEFAULT_CONFIG, defineService } from '../../lib/config/service-config.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { bare, document, headingsOf, lacking } from '../support/runbook-document.ts';
import { resources, synthesise } from '../support/stack.ts';

const { version } = packageJson;
const ROOT = `${import.meta.dirname}/../..`;
const { template, deployed } = synthesise(config);
const playbooks = deployed.playbooks.filter(({ name }) => name !== DECLARED);

/** What stands under a heading, down to the next of its rank. */
function section(heading: string, text = document): string {
  const lines = text.split('\n');
  const headings = headingsOf(lines);
  const found = headings.find(({ at }) => lines[at] === heading);
  if (!found) throw new Error(`there is no heading ${heading}`);
  const next = headings.find(({ at, rank }) => at > found.at && rank <= found.rank);
  return lines.slice(found.at + 1, next?.at).join('\n');
}

/** As the document says how far a step goes. */
const WORDS = {
  auto: 'runs by itself',
  approve: 'waits for approval',
  observe: 'only observes',
  off: 'is switched off',
};

describe('the committed document', () => {
  const written = configurations().filter(
    name => name === DEFAULT_CONFIG || existsSync(`${ROOT}/${documentOf(name).file}`),
  );

  it.each(written)('of config/%s.ts is what the responder acts on', async name => {
    const { file, command } = documentOf(name);
    const committed = readFileSync(`${ROOT}/${file}`, 'utf8');
    const current = name === DEFAULT_CONFIG ? document : runbookDocument(await configurationOf(name), name);
    const changed = differences(committed, current);
    expect(changed, `${file} is stale: ${command}`).toBe('');
  });
});

describe('the document has', () => {
  it('what to do tonight first, on two screens, with the way to each incident', () => {
    const tonight = section('## Tonight');
    expect(document.indexOf('## Tonight')).toBeLessThan(document.indexOf('## Reference'));
    expect(tonight.split('\n').length).toBeLessThanOrEqual(110);
    expect(lacking(tonight, [...playbooks.map(({ title }) => `| [${title}](#5`), '1-555-MOCKUP'])).toEqual([]);
    for (const { plan } of playbooks)
      expect(
        lacking(
          tonight,
          plan.map(({ title }) => title),
        ),
      ).toEqual([]);
  });

  it("the user's sections, in their order", () => {
    const headings = headingsOf(document.split('\n')).map(({ text }) => text);
    expect(headings.filter(heading => /^\d[.\d]* |^Quick/.test(heading) && !/^5\.\d\.\d/.test(heading))).toEqual([
      '1. Severity levels',
      '2. Response procedures',
      '2.1 Initial response checklist',
      '2.2 Investigation',
      '2.3 Escalation path',
      '2.4 Resolution and recovery',
      ...['1. Immediate mitigation', '2. Root-cause fix', '3. Verification', '4. Closeout'],
      '3. Communication templates',
      '3.1 Internal notification',
      '3.2 Customer notification',
      '3.3 Status page update',
      '3.4 Post-incident communication',
      '4. Post-incident review',
      '4.1 Post-mortem document',
      '4.2 Review meeting',
      '5. Common incidents',
      '5.1 Database Connections Exhausted',
      '5.2 High Memory Usage',
      '5.3 Redis Connection Issues',
      '5.4 SSL Certificate Expiry',
      '5.5 Database Writer Unavailable',
      '5.6 Bad Deployment',
      '5.7 Service Down',
      '5.8 Slow Responses',
      '5.9 Monitoring Is Blind',
      'Quick reference',
    ]);
  });

  it('each severity with its criteria and times', () => {
    const wanted = [
      ...['P1 Critical (service down)', 'P2 High (major impact)', 'P3 Medium (partial', 'P4 Low (minimal'],
      '| **Response time** | 15 minutes | 1 hour | 4 hours | 24 hours |',
      '| **Resolution target** | 2 hours | 8 hours | 24 hours | best effort |',
      ...['complete service unavailability', 'data loss or corruption', 'security breach', 'more than 50 % of users'],
      ...['core functionality impaired', 'more than 25 % of users', 'workaround', 'performance severely degraded'],
      ...['non-critical features affected', 'less than 25 % of users'],
      ...['general questions', 'feature requests', 'minor cosmetic issues'],
    ];
    expect(lacking(section('## 1. Severity levels'), wanted)).toEqual([]);
  });

  it.each([
    ['P1', 'complete service unavailability', 'measured each minute'],
    ['P1', 'data loss or corruption', 'npx incident declare ID … --data-loss'],
    ['P1', 'security breach', 'npx incident declare ID … --security-breach'],
    ['P1', 'more than 50 % of users affected', 'measured each minute'],
    ['P2', 'core functionality impaired', 'counted from its alarms'],
    ['P2', 'more than 25 % of users affected', 'measured each minute'],
    ['P2', 'workaround available', 'npx incident workaround ID'],
    ['P2', 'performance severely degraded', 'measured each minute'],
    ['P3', 'non-critical features affected', 'counted from its alarms'],
    ['P3', 'less than 25 % of users affected', 'measured each minute'],
    ['P3', 'workaround available', 'npx incident workaround ID'],
    ['P4', 'general questions', 'npx incident declare "…" --severity P4'],
    ['P4', 'feature requests', 'npx incident declare "…" --severity P4'],
    ['P4', 'minor cosmetic issues', 'npx incident declare "…" --severity P4'],
  ])('of section 1 who or what judges it: %s, %s', (severity, line, judged) => {
    const row = section('## 1. Severity levels')
      .split('\n')
      .find(one => one.startsWith(`| ${severity}: ${line} |`));
    expect(row).toContain(judged);
    for (const { fact, over, atLeast = 0 } of RUNBOOK_CRITERIA.filter(
      one => one.severity === severity && one.criterion === line && !one.beside,
    ))
      expect(assess({ [fact]: over === undefined ? atLeast : over + 0.001 }, RUNBOOK_CRITERIA).severity).toBe(severity);
  });

  it('the investigation in the order of the runbook, with the names of the service', () => {
    const asked = section('### 2.2 Investigation').split('\n');
    const order = [
      'curl -f https://mockupaws.com/api/v1/health',
      'curl -f https://api.mockupaws.com/api/v1/health',
      'aws cloudwatch get-metric-statistics --namespace AWS/ECS --metric-name CPUUtilization',
      'aws ecs describe-services --cluster mockupaws-production --services backend',
      'aws logs tail /ecs/mockupaws-production',
      'aws rds describe-db-clusters --db-cluster-identifier mockupaws-production',
    ].map(command => asked.findIndex(line => line.startsWith(command)));
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('the escalation path with its times, roles and people', () => {
    const rows = section('### 2.3 Escalation path')
      .split('\n')
      .filter(line => /^\| \d/.test(line))
      .map(row => row.split('|').map(cell => cell.trim()));
    expect(rows.map(row => row.slice(1, 4))).toEqual([
      ['0-15', '1', 'On-call engineer'],
      ['15-30', '2', 'Senior engineer'],
      ['30-60', '3', 'Engineering manager'],
      ['60+', '4', 'VP Engineering / CTO'],
    ]);
    config.escalation.forEach(({ people }, i) => {
      expect(lacking(rows[i]?.[4] ?? '', people)).toEqual([]);
    });
  });

  it.each(playbooks)('$title: every alarm as it is synthesised, every step in its order', playbook => {
    const { title, alarms, plan, impact, advice } = playbook;
    const number = playbooks.indexOf(playbook) + 1;
    const text = section(`### 5.${number} ${title}`);
    expect(lacking(text, [impact, ...(advice ? [advice.action] : [])])).toEqual([]);
    for (const [name, level] of Object.entries(alarms)) {
      const alarm = resources(template, 'AWS::CloudWatch::Alarm').find(
        ({ properties }) => properties.AlarmName === name,
      );
      const { AlarmDescription, Threshold, EvaluationPeriods, Period, MetricName } = alarm?.properties ?? {};
      const row = text.split('\n').find(line => line.includes(`\`${name}\``)) ?? '';
      const fires = ` ${Threshold} for ${(EvaluationPeriods * Period) / 60} min`;
      expect(lacking(row.replaceAll('\\', ''), [`| ${level} |`, AlarmDescription, MetricName, fires]), row).toEqual([]);
    }
    const steps = headingsOf(text.split('\n')).map(heading => heading.text);
    expect(steps).toEqual(plan.map((step, i) => `5.${number}.${i + 1} ${step.title}`));
    plan.forEach(({ mode, document, parameters, revert }, i) => {
      const own = section(`#### ${steps[i]}`, text);
      const wanted = [
        ...[`--document-name ${document} `, 'Verified: ', WORDS[mode]],
        ...Object.keys({ ...parameters, ...revert?.parameters }).map(name => `${name}=`),
        ...(revert ? [`# ${revert.title}`] : []),
      ];
      expect(lacking(own, wanted), steps[i]).toEqual([]);
    });
  });

  it('every runbook that is deployed, with all that a person may give it', () => {
    for (const { properties } of resources(template, 'AWS::SSM::Document')) {
      const parameters = Object.entries<{ description: string; default?: unknown }>(properties.Content.parameters);
      const given = parameters.filter(([, { default: value }]) => typeof value !== 'object' || Array.isArray(value));
      const rows = given.map(([name, { description }]) => `| \`${name}\` | ${description} |`);
      expect(lacking(section(`### ${properties.Name}`), rows)).toEqual([]);
    }
  });

  it('every template by its file', () => {
    const files = readdirSync(`${ROOT}/templates`, { recursive: true, encoding: 'utf8' });
    const written = files.filter(file => /^(messages|status-updates|documents)\/.*\.liquid$/.test(file));
    expect(written.length).toBeGreaterThan(5);
    expect(
      lacking(
        document,
        written.map(file => `\`templates/${file}\``),
      ),
    ).toEqual([]);
  });

  it.each([
    [
      '3.1 Internal notification',
      ...['[INCIDENT\\] P1 - mockupAWS Service Down', 'Incident ID: INC-', 'Severity: P1 - Critical', 'Started: '],
      ...['Impact: ', 'Description:', 'Actions taken:', 'Initial investigation', 'Rollback initiated'],
      ...['(+30 minutes)', 'Incident commander: ', 'Slack: '],
    ],
    [
      '3.2 Customer notification',
      ...['Service Disruption - mockupAWS', 'We are investigating', 'Impact: ', 'Started: 09:30 UTC'],
      ...['Status: Investigating', 'every 30 minutes', 'https://status.mockupaws.com/', 'We apologise'],
    ],
    [
      '3.3 Status page update',
      '**Investigating**',
      '**Identified**',
      '**Resolved**',
      'within 24 hours',
      'Posted 09:31 UTC',
    ],
    [
      '3.4 Post-incident communication',
      ...['Post-Incident Review: INC-', 'Summary', 'Issue detected', 'Root cause', 'Duration: 22 minutes'],
      ...['Users affected', 'Data loss', 'Lessons learned', 'Action items'],
    ],
    ['4.1 Post-mortem document', 'Summary', 'Timeline', 'Root cause analysis', 'Why', 'SLA impact', 'Attachments'],
    ['4.2 Review meeting', '30 minutes', '| 10 | Root cause |', 'cleo, dora', 'finn, gina', 'incident commander'],
  ])('in %s what the runbook names', (heading, ...wanted) => {
    expect(lacking(section(`### ${heading}`), wanted)).toEqual([]);
  });

  it('what is asked for in a hurry', () => {
    const wanted = [
      ...['https://status.mockupaws.com', 'https://mockupaws.pagerduty.com', '1-555-MOCKUP'],
      ...['CloudWatch alarms', 'ECS service', 'Database', 'aws logs tail /ecs/mockupaws-production --follow'],
    ];
    expect(lacking(section('## Quick reference'), wanted)).toEqual([]);
  });
});

describe('its edition', () => {
  const head = (of: string) => section('## Reference', of);

  it("is that of the user's runbook: version, date, owner, and when it is reviewed", () => {
    const wanted = ['| Version | 1.0.0 |', '| Date | 2026-04-07 |', '| Owner | DevOps Team |', 'from 2026-07-01 on'];
    expect(lacking(head(document), wanted)).toEqual([]);
  });

  it('is of the configuration and not of the clock; where it says nothing, the version is the package’s', () => {
    const dated = (date: string) =>
      head(runbookDocument(defineService({ ...config, runbook: { date, owner: 'Ops' } }), DEFAULT_CONFIG));
    expect(lacking(dated('2026-12-31'), [`| Version | ${version} |`, 'from 2027-01-01 on'])).toEqual([]);
    expect(lacking(head(runbookDocument(bare, DEFAULT_CONFIG)), [`| Version | ${version} |`, 'not given'])).toEqual([]);
  });
});

it('what is stale is shown in short', () => {
  const many = Array.from({ length: 100 }, (_, i) => `line ${i}`).join('\n');
  expect(differences('a\nb\nc', 'a\nB\nc\nd')).toBe('+ 2: B\n- 2: b\n+ 4: d');
  expect(differences('', many).split('\n')).toHaveLength(21);
  expect(differences('same', 'same')).toBe('');
});
