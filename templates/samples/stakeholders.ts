import { internalNotification } from '../../lambda/domain/messages/internal-notification.ts';
import { lastOf, SAMPLES } from './incidents.ts';
import type { Samples } from './samples.ts';

/** The e-mails that stakeholders get: early in an incident, in a drill, and at the end. */
export const stakeholderSamples = (): Samples => ({
  'messages/internal-notification.txt': [SAMPLES.underWay, SAMPLES.drill, SAMPLES.resolved].map(incident =>
    internalNotification(incident, lastOf(incident, 'UpdatePosted')),
  ),
});
