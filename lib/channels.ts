import type { Construct } from 'constructs';
import type { ChannelParts } from './channel.ts';
import { addOpsgenie } from './opsgenie.ts';
import { addPagerDuty } from './pagerduty.ts';
import { addSlack } from './slack.ts';

/** The systems beside telephones and mail that are told of incidents, and the doors back: those that are configured. */
export function addChannels(scope: Construct, parts: ChannelParts): void {
  const { slack, pagerduty, opsgenie } = parts.config;
  if (slack) addSlack(scope, slack, parts);
  if (pagerduty) addPagerDuty(scope, pagerduty, parts);
  if (opsgenie) addOpsgenie(scope, opsgenie, parts);
}
