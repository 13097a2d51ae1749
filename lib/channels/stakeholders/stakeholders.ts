import type { Construct } from 'constructs';
import { internalNotification } from '../../../lambda/domain/messages/internal-notification.ts';
import { lastOf, SAMPLES } from '../../../templates/samples/incidents.ts';
import { Listener } from '../../platform/event-subscriber.ts';
import { readTemplates } from '../../platform/templates.ts';
import type { ChannelParts } from '../notification-channel.ts';

/** E-mail to people who are not called: how it goes on for stakeholders, and what is owed for reviewers and owners. */
export function addStakeholders(scope: Construct, parts: ChannelParts): void {
  const { paging, config } = parts;
  const stakeholders = new Listener(scope, 'Stakeholders', {
    folder: 'functions/stakeholders',
    description: 'How it goes on, for those who are not called',
    entries: ['UpdatePosted'],
    lost: 'Messages that stakeholders did not get',
    templates: readTemplates({ 'messages/internal-notification.txt': notifications() }),
    environment: { NOTICES_TOPIC: paging.notices.topicArn, STAKEHOLDERS: (config.stakeholders ?? []).join(',') },
    parts,
  });
  paging.grantNotices(stakeholders);
}

const notifications = () =>
  [SAMPLES.underWay, SAMPLES.drill, SAMPLES.resolved].map(incident =>
    internalNotification(incident, lastOf(incident, 'UpdatePosted')),
  );
