import type { Account } from './account/account.ts';
import type { Objects } from './account/objects.ts';

/** Where programs read what the status page says. */
const INCIDENTS = 'api/v2/incidents.json';

interface Shown {
  incidents: { name: string; incident_updates: { id: string; status: string; body: string }[] }[];
}

/** Tells each update once, when it can be read on the status page. */
export function followStatusPage(account: Account, objects: Objects): void {
  const known = new Set<string>();
  objects.onPut(({ key, body }) => {
    if (key !== INCIDENTS || !body) return;
    const { incidents } = JSON.parse(new TextDecoder().decode(body)) as Shown;
    for (const { name, incident_updates: updates } of incidents.toReversed())
      for (const { id, status, body: text } of updates.toReversed()) {
        if (!known.has(id)) account.emit('status page', { update: id, status, name, text });
        known.add(id);
      }
  });
}
