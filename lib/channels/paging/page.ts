import type { Construct } from 'constructs';
import { PAGED_EVENTS } from '../../../lambda/domain/messages/page.ts';
import { pageSamples } from '../../../templates/samples/pages.ts';
import { EventSubscriber } from '../../platform/event-subscriber.ts';
import type { ChannelParts } from '../notification-channel.ts';

/** Pages the people of an escalation level. */
export class Page extends EventSubscriber {
  constructor(scope: Construct, id: string, responder: ChannelParts) {
    const { links, paging, templates } = responder;
    super(scope, id, {
      folder: 'functions/page',
      description: 'Tells the people of the escalation level',
      eventTypes: PAGED_EVENTS,
      deadLetterDescription: 'Pages that reached nobody',
      reads: ['deployment'],
      templates: templates.for(pageSamples()),
      environment: { LEVEL_TOPICS: paging.topicsOfLevels, ...links.environment },
      responder,
    });
    responder.incidents.grantClaim(this);
    paging.grantPage(this);
    links.grantSign(this);
  }
}
