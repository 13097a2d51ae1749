import type { Construct } from 'constructs';
import type { ChannelParts } from './channel.ts';
import { addOpsgenie } from './opsgenie.ts';
import { addPagerDuty } from './pagerduty.ts';
import { addReviews } from './reviews.ts';
import { addSlack } from './slack.ts';
import { addStakeholders } from './stakeholders.ts';
import { StatusPage } from './status-page.ts';
import { addSubscribers } from './subscribers.ts';

/** Who is told of incidents beside those who are called, by which way, and the doors back: those that are configured. */
export function addChannels(scope: Construct, parts: ChannelParts): void {
  const { slack, pagerduty, opsgenie, statusPage } = parts.config;
  addStakeholders(scope, parts);
  addReviews(scope, parts);
  if (statusPage) {
    const { distribution } = new StatusPage(scope, statusPage, parts);
    if (statusPage.subscribers) addSubscribers(scope, statusPage.subscribers, { ...parts, distribution });
  }
  if (slack) addSlack(scope, slack, parts);
  if (pagerduty) addPagerDuty(scope, pagerduty, parts);
  if (opsgenie) addOpsgenie(scope, opsgenie, parts);
}
