import type { EventOf } from '../events.ts';
import { type Incident, isWorkedOn } from '../incident.ts';
import { withUpdate } from '../public-updates.ts';

/** Publication, and the updates that follow it. */
export function evolveCommunication(
  incident: Incident,
  event: EventOf<'PublicationRequested' | 'PublicationDeclined' | 'Published' | 'UpdatePosted' | 'MessageDelivered'>,
): Partial<Incident> {
  switch (event.type) {
    case 'PublicationRequested': {
      const { askedAt = event.at, level, levelAt } = incident.publication ?? {};
      const risenAt = level === event.level ? levelAt : event.at;
      return { publication: { askedAt, calledAt: event.at, level: event.level, levelAt: risenAt } };
    }
    case 'PublicationDeclined':
      return { publication: { ...incident.publication, declined: { by: event.by, at: event.at } } };
    case 'Published': {
      const { components, investigation } = event;
      const { at = event.at } = incident.publication ?? {};
      return { publication: { ...incident.publication, at, components, investigation } };
    }
    case 'UpdatePosted': {
      const { to, seq, at, status, nextAt } = event;
      const last = incident.told[to];
      const waitsSince = last && !last.delivered && !last.missed ? last.waitsSince : at;
      const statuses = [...new Set([...(last?.statuses ?? []), status])];
      const update = { seq, at, status, statuses, nextAt, delivered: false, waitsSince, missed: false };
      return {
        told: { ...incident.told, [to]: update },
        ...(to === 'public'
          ? {
              publicUpdates: withUpdate(incident, {
                ...{ kind: 'update', seq, at, status, nextAt },
                text: event.text,
                worked: isWorkedOn(incident, at),
              }),
            }
          : {}),
      };
    }
    case 'MessageDelivered': {
      const { about, channel } = event;
      if (channel === 'figures') return { figuresPublished: true };
      const told = Object.entries(incident.told).map(([to, last]) => [
        to,
        // Subscribers get a mail as well, but for the public the status page counts.
        last.seq === about && channel !== 'subscribers' ? { ...last, delivered: true } : last,
      ]);
      const publicUpdates =
        channel === 'status page'
          ? incident.publicUpdates.map(update => (update.seq === about ? { ...update, shown: true } : update))
          : incident.publicUpdates;
      return { told: Object.fromEntries(told), publicUpdates };
    }
  }
}
