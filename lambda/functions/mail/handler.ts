import * as v from 'valibot';
import { Refused } from '../../adapters/http.ts';
import { type QueuedMail, setAside } from '../../adapters/mail-queue.ts';
import { sendToSubscriber } from '../../adapters/ses.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { mailFor, markTold } from '../../store/customer-mails.ts';

const Mail = v.object({ incident: v.string(), number: v.number(), email: v.string() });

/** What the queue hands over. */
const Queued = v.object({ Records: v.array(v.object({ body: v.pipe(v.string(), v.parseJson(), Mail) })) });

/**
 * Tells a subscriber the latest of an incident, once: mails that waited for SES do not come all at once when it is back. It can
 * read what customers are told, and no incident.
 */
export const handler = entrypoint(Queued, async ({ Records }) => {
  for (const { body } of Records) await tell(body);
});

async function tell(mail: QueuedMail): Promise<void> {
  const { incident, email } = mail;
  const letter = await mailFor(incident, email);
  const about = { incident, number: letter?.number };
  if (!letter) return console.info({ message: 'told before', ...about });
  try {
    await sendToSubscriber(email, letter);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error({ message: `refused for good: ${error.message}`, ...about });
    return setAside(mail);
  }
  await markTold(incident, email, letter);
  console.info({ message: 'told', ...about });
}
