import type { Received } from '../vendors/vendors.ts';
import type { RehearsalWorld } from './world.ts';

/** Every message that was sent, way by way, each way in its order. */
export const received = ({ topics, vendors, mail }: RehearsalWorld): Received[] => [
  ...topics.messages,
  ...vendors.received,
  ...mail.mails,
];
