import { type Incident, isOpen } from './incident.ts';

/** Whether people have another way to do what fails, by the last who said so; null, nobody has said. */
export function workaround({ declared, timeline }: Incident): string | null {
  if (declared['workaround'] === undefined) return null;
  const last = timeline.findLast(entry => entry.type === 'WorkaroundReported');
  return last ? `${last.available ? 'available' : 'none'}, says ${last.by}${last.text ? `: ${last.text}` : ''}` : null;
}

/** The same for whoever can say it: what is not known is asked, but of a question. */
export function workaroundAsked(incident: Incident): string | null {
  const { id, severity, policy } = incident;
  if (!isOpen(incident) || severity === 'P4' || policy.playbook.chore) return workaround(incident);
  return workaround(incident) ?? `not known: is there one? npx incident workaround ${id} yes|no`;
}
