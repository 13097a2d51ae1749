import { alarmPrefix } from '../../lambda/domain/incident/signal.ts';
import { alarmsUrl } from '../../lambda/domain/kernel/console.ts';
import { logGroupOf } from '../../lib/config/service-config.ts';
import { aws, startAutomation } from './shell.ts';
import type { Source } from './source.ts';

/** Addresses, and the commands that belong to no single incident: people look for these in a hurry. */
export function quickReference({ config, policy }: Source) {
  const { service, region, pagerduty, hotline, statusPage } = config;
  const put = (name: string, value: string) =>
    aws(region, 'ssm put-parameter --overwrite', `--name /incident-response/${service}/${name}`, `--value ${value}`);
  return {
    statusPage: statusPage?.url ?? null,
    pagerduty: pagerduty?.url ?? null,
    hotline: hotline ?? null,
    alarmsUrl: alarmsUrl(region),
    links: policy.links.filter(({ url }) => url !== statusPage?.url),
    commands: {
      investigate: startAutomation(region, `${service}-investigate`),
      smokeTest: startAutomation(region, `${service}-smoke-test`),
      execution: aws(region, 'ssm get-automation-execution --automation-execution-id EXECUTION'),
      stop: aws(region, 'ssm stop-automation-execution --automation-execution-id EXECUTION'),
      automationOff: put('automation', 'off'),
      automationOn: put('automation', 'on'),
      maintenance: put('maintenance-until', '2026-01-31T18:00:00Z'),
      maintenanceOver: put('maintenance-until', 'none'),
      logs: aws(region, `logs tail ${logGroupOf(config)} --follow`),
      firing: aws(
        region,
        `cloudwatch describe-alarms --state-value ALARM --alarm-name-prefix ${alarmPrefix(service)}`,
        "--query 'MetricAlarms[].[AlarmName, StateReason]' --output text",
      ),
    },
  };
}
