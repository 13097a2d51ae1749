import * as v from 'valibot';
import { Refused } from '../../adapters/http.ts';
import { type QueuedMail, sendToDeadLetters } from '../../adapters/mail-queue.ts';
import { sendToSubscriber } from '../../adapters/ses.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';
import { mailFor, markSent } from '../../store/customer-mails.ts';

const Mail = v.object({ incident: v.string(), number: v.number(), email: v.string() });

/** Mails as the SQS queue delivers them. */
const Queued = v.object({ Records: v.array(v.object({ body: v.pipe(v.string(), v.parseJson(), Mail) })) });

/**
 * Sends a subscriber the latest mail about an incident, once: after an outage of SES, one mail replaces all that waited. The
 * function can read the mails for customers, but no incident.
 */
export const handler = entrypoint(Queued, async ({ Records }) => {
  for (const { body } of Records) await deliver(body);
});

async function deliver(queued: QueuedMail): Promise<void> {
  const { incident, email } = queued;
  const mail = await mailFor(incident, email);
  const about = { incident, number: mail?.number };
  if (!mail) return console.info({ message: 'told before', ...about });
  try {
    await sendToSubscriber(email, mail);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error({ message: `refused for good: ${error.message}`, ...about });
    return sendToDeadLetters(queued);
  }
  await markSent(incident, email, mail);
  console.info({ message: 'told', ...about });
}
