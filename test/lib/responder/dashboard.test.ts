import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { DEFINITIONS, RUN_METRIC, TARGETS, TIMES } from '../../../lambda/domain/figures/figures.ts';
import { PROBE_METRICS } from '../../../lambda/domain/kernel/probe-metrics.ts';
import { servicePolicy } from '../../../lib/config/service-policy.ts';
import { everything as config } from '../../support/everything.ts';
import { refersTo, resources, stackOf, synthesise } from '../../support/stack.ts';

interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: { title?: string; markdown?: string; metrics?: unknown[][]; alarms?: string[]; view?: string };
}

/** The body as CloudWatch gets it, with what refers to a resource replaced by that one's logical id. */
function dashboardOf(template: Template): Widget[] {
  const [{ properties } = { properties: {} }, ...others] = resources(template, 'AWS::CloudWatch::Dashboard');
  expect(others).toEqual([]);
  expect(properties.DashboardName).toMatch(/^[\w-]{1,255}$/);
  const parts: unknown[] = properties.DashboardBody['Fn::Join'][1];
  return JSON.parse(parts.map(part => (typeof part === 'string' ? part : refersTo(part)[0])).join('')).widgets;
}

/** Of each metric that is named: namespace, name, and dimensions by name. */
const metricsOf = (widgets: Widget[]) =>
  widgets
    .flatMap(({ properties }) => properties.metrics ?? [])
    .map(written => {
      const [namespace, name, ...pairs] = written.filter(part => typeof part === 'string');
      const dimensions = pairs.flatMap((key, i) => (i % 2 === 0 ? [[key, pairs[i + 1]]] : []));
      return { namespace, name, dimensions: Object.fromEntries(dimensions) as Record<string, string> };
    });

const { template } = stackOf(config);
const widgets = dashboardOf(template);
const metrics = metricsOf(widgets);
const namesIn = (namespace: string, from = metrics) =>
  new Set(from.flatMap(metric => (metric.namespace === namespace ? [metric.name] : [])));

describe('the dashboard', () => {
  it('shows every alarm, once, of the service by playbook and of the responder', () => {
    const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    const alarms = resources(template, 'AWS::CloudWatch::Alarm').map(({ id }) => id);
    expect(shown.toSorted()).toEqual(alarms.sort());
  });

  it('shows everything that the probe measures and every figure, and nothing that nobody publishes', () => {
    const figures = [...Object.values(TIMES), ...Object.values(TARGETS)].map(({ metric }) => metric);
    expect(namesIn('IncidentResponse')).toEqual(new Set([...Object.values(PROBE_METRICS), ...figures, RUN_METRIC]));
    const functions = resources(template, 'AWS::Lambda::Function').map(({ id }) => id);
    const runbooks = resources(template, 'AWS::SSM::Document').map(({ properties }) => properties.Name);
    for (const { namespace, name, dimensions } of metrics) {
      if (namespace === 'AWS/Lambda') expect(functions, name).toContain(dimensions['FunctionName']);
      else expect(dimensions['Service'], name).toBe(config.service);
      if (dimensions['Runbook']) expect(runbooks).toContain(`${config.service}-${dimensions['Runbook']}`);
      if (dimensions['Severity']) expect(dimensions['Severity']).toMatch(/^P[1-4]$/);
    }
    expect([...new Set(metrics.map(({ namespace }) => namespace))].sort()).toEqual(['AWS/Lambda', 'IncidentResponse']);
  });

  it('names no metric of what the service does not have', () => {
    const bare = synthesise({ ...config, redis: undefined, certificates: undefined }).template;
    const names = namesIn('IncidentResponse', metricsOf(dashboardOf(bare)));
    for (const absent of ['cachePath', 'certificateDays', 'certificateFaults'] as const)
      expect(names).not.toContain(PROBE_METRICS[absent]);
    expect(names).toContain(PROBE_METRICS.health);
  });

  it('has as many metrics as CloudWatch shows for nothing', () => {
    expect(new Set(metrics.map(metric => JSON.stringify(metric))).size).toBeLessThanOrEqual(50);
  });

  it('says what each figure means', () => {
    const { markdown = '' } = widgets.find(({ type }) => type === 'text')?.properties ?? {};
    for (const { abbreviation, definition } of Object.values(TIMES)) {
      expect(markdown).toContain(abbreviation);
      expect(markdown).toContain(definition);
    }
    for (const text of Object.values(DEFINITIONS)) expect(markdown).toContain(text);
  });

  it('lays its widgets side by side, none over another', () => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, i) => `${x + (i % width)},${y + Math.floor(i / width)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
  });

  it('is found by an output of the stack and by the links of every message', () => {
    const [{ properties } = { properties: {} }] = resources(template, 'AWS::CloudWatch::Dashboard');
    const url = Object.values(template.findOutputs('*')).find(({ Description }) =>
      Description?.includes('at a glance'),
    )?.['Value'];
    expect(url).toMatch(new RegExp(`#dashboards/dashboard/${properties.DashboardName}$`));
    expect(servicePolicy(config).links).toContainEqual({ label: 'Dashboard', url });
  });
});
