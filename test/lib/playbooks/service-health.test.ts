import { describe, expect, it } from 'vitest';
import config from '../../../config/mockupaws-production.ts';
import { defineService } from '../../../lib/config/service-config.ts';
import { DatabaseConnections } from '../../../lib/playbooks/database-connections/playbook.ts';
import { ServiceHealth } from '../../../lib/playbooks/service-health/playbook.ts';
import { actionsOf, refersTo, resources, stackOf, statementsOf, synthesise } from '../../support/stack.ts';

const { template } = stackOf(config);
const all = (type: string) => resources(template, type).map(({ properties }) => properties);
const probed = all('AWS::CloudWatch::Alarm').filter(({ Tags }) =>
  /ServiceHealth|SlowResponses|BadDeployment/.test(JSON.stringify(Tags)),
);

describe('the alarms of the service as a whole', () => {
  it('need no arithmetic, and find the metrics that the probe publishes', () => {
    for (const { Metrics, Namespace, Dimensions, Period, AlarmName } of probed) {
      expect(Metrics, AlarmName).toBeUndefined();
      expect(Period).toBe(60);
      expect(Namespace, AlarmName).toBe('IncidentResponse');
      expect(Dimensions, AlarmName).toEqual([{ Name: 'Service', Value: 'mockupaws-production' }]);
    }
  });
});

it('the probe runs every minute, and may publish into its own namespace alone', () => {
  const [probe] = resources(template, 'AWS::Lambda::Function').filter(({ path }) => path === 'Probe/Function');
  const [rule] = all('AWS::Events::Rule').filter(({ Targets }) => refersTo(Targets[0].Arn)[0] === probe?.id);
  expect(rule?.ScheduleExpression).toBe('rate(1 minute)');
  const [publish] = statementsOf(template, refersTo(probe?.properties.Role)[0] ?? '').filter(statement =>
    actionsOf(statement).includes('cloudwatch:PutMetricData'),
  );
  expect(publish?.Condition).toEqual({ StringEquals: { 'cloudwatch:namespace': 'IncidentResponse' } });
});

describe('the maintenance page', () => {
  const [rule] = all('AWS::ElasticLoadBalancingV2::ListenerRule');

  it('is a rule that nobody meets until it is turned on, and says what it is', () => {
    expect(rule).toMatchObject({
      ...{ Priority: 1, ListenerArn: config.serviceHealth.maintenance?.listenerArn },
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['maintenance.invalid'] } }],
    });
    const [{ Type, FixedResponseConfig: page }] = rule?.Actions ?? [];
    expect([Type, page.StatusCode, page.ContentType]).toEqual(['fixed-response', '503', 'text/html']);
    expect(page.MessageBody).toContain('mockupAWS is being repaired');
    expect(page.MessageBody.length).toBeLessThanOrEqual(1024);
  });

  it('cannot be broken by the name of the service', () => {
    const hostile = defineService({ ...config, title: '<b>"A&B"' });
    const [escaped] = resources(synthesise(hostile).template, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    expect(escaped?.properties.Actions[0].FixedResponseConfig.MessageBody).toContain(
      '<h1>&#60;b&#62;&#34;A&#38;B&#34; is',
    );
  });
});

describe('what is not configured is not there', () => {
  const documents = (from: typeof template) =>
    resources(from, 'AWS::SSM::Document').map(({ properties }) => properties.Name.replace('mockupaws-production-', ''));

  it('neither the maintenance page nor scaling up', () => {
    const bare = synthesise(defineService({ ...config, serviceHealth: {} }), { playbooks: [new ServiceHealth()] });
    expect(documents(bare.template)).not.toContain('scale-up');
    expect(documents(bare.template)).not.toContain('maintenance-mode');
    bare.template.resourceCountIs('AWS::ElasticLoadBalancingV2::ListenerRule', 0);
  });

  it('no probe without a playbook or a status page that stands on it', () => {
    class Unprobed extends DatabaseConnections {
      override bind(...given: Parameters<DatabaseConnections['bind']>) {
        return { ...super.bind(...given), probed: false };
      }
    }
    const functions = (service: typeof config) => {
      const { template: bare } = synthesise(service, { playbooks: [new Unprobed()] });
      return resources(bare, 'AWS::Lambda::Function').map(({ path }) => path);
    };
    expect(functions({ ...config, statusPage: undefined })).not.toContain('Probe/Function');
    expect(functions(config)).toContain('Probe/Function');
    expect(documents(template)).toEqual(expect.arrayContaining(['roll-back', 'scale-up', 'maintenance-mode']));
  });
});
