import { AttemptEvent } from '../../inbound/attempt-event.ts';
import { commit } from '../../runtime/command-handler.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

/** Judges the severity again by the findings of the diagnosis. It may rise; only a person lowers it. */
export const handler = entrypoint(AttemptEvent, async ({ slot, number, attempt, after }) => {
  const { incident, refused } = await commit(
    { slot, number },
    { type: 'classify', id: `classify/${attempt}/${after}`, attempt },
  );
  console.info({ message: 'classified', incident: incident?.id, severity: incident?.severity, refused });
});
