import { isDelivered, listener, recordDelivery } from '../listener.ts';

export const handler = listener(async (incident, entry) => {
  if (entry.type === 'UpdatePosted' && entry.to === 'public' && !isDelivered(incident, entry, 'status page'))
    await recordDelivery(incident, entry, 'status page');
  return {};
});
