import type { Construct } from 'constructs';
import { addReviews } from '../review/reviews.ts';
import { StatusPage } from '../status-page/status-page.ts';
import { addSubscribers } from '../status-page/subscribers/subscribers.ts';
import type { ChannelParts } from './notification-channel.ts';
import { addOpsgenie } from './opsgenie/opsgenie.ts';
import { addPagerDuty } from './pagerduty/pagerduty.ts';
import { addSlack } from './slack/slack.ts';
import { addStakeholders } from './stakeholders/stakeholders.ts';

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
