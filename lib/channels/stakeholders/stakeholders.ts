import type { Construct } from 'constructs';
import { stakeholderSamples } from '../../../templates/samples/stakeholders.ts';
import { EventSubscriber } from '../../platform/event-subscriber.ts';
import type { ChannelParts } from '../notification-channel.ts';

/** Sends stakeholders, who are not called, an e-mail with each update. */
export function addStakeholders(scope: Construct, responder: ChannelParts): void {
  const { paging, config, templates } = responder;
  const stakeholders = new EventSubscriber(scope, 'Stakeholders', {
    folder: 'functions/stakeholders',
    description: 'How it goes on, for those who are not called',
    eventTypes: ['UpdatePosted'],
    deadLetterDescription: 'Messages that stakeholders did not get',
    templates: templates.for(stakeholderSamples()),
    environment: { NOTICES_TOPIC: paging.notices.topicArn, STAKEHOLDERS: (config.stakeholders ?? []).join(',') },
    responder,
  });
  responder.incidents.grantClaim(stakeholders);
  paging.grantNotices(stakeholders);
}
