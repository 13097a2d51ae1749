import { listFolder, put, read } from '../../adapters/s3.ts';
import { handle } from '../../domain/decide.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import type { Person } from '../../domain/incident/person.ts';
import { readReview } from '../../domain/post-mortem/final-post-mortem.ts';
import { folderOf, isReviewed, notReviewed } from '../../domain/review/review.ts';
import type { CommandAnswer } from '../../inbound/command-request.ts';
import { type Committed, commit } from '../../runtime/command-handler.ts';
import { keyOf } from '../../store/keys.ts';

/** Bytes of a file that fit into an answer: Lambda's answers are limited to 6 MB, and base64 adds a third. */
const MAXIMUM_BYTES = 4_000_000;

const bucket = () => process.env['REVIEWS_BUCKET'] ?? '';

/** The files of a review: the post-mortem, its pictures, the invitation. */
export async function reviewFiles(incident: Incident): Promise<CommandAnswer> {
  const { id } = incident;
  const files = await listFolder(bucket(), folderOf(incident));
  if (files.length > 0) return { incident, files };
  if (isReviewed(incident)) return { refused: `the post-mortem of ${id} is not drafted yet: ask again in a minute` };
  return { refused: notReviewed(incident) };
}

export async function reviewFile(incident: Incident, name: string): Promise<CommandAnswer> {
  const known = await listFolder(bucket(), folderOf(incident));
  const file = known.find(other => other.name === name);
  if (!file) return { refused: `the review of ${incident.id} has no file ${name}` };
  if (file.size > MAXIMUM_BYTES)
    return { refused: `${name} has ${file.size} bytes: open it where ${incident.postMortem?.url} is` };
  const content = await read(bucket(), `${folderOf(incident)}${name}`);
  return { content: Buffer.from(content).toString('base64') };
}

interface FinishRequest extends Person {
  requestId: string;
  document: string;
}

/**
 * Completes the review with a person's document. The document is stored before the commit, so that a refusal loses nothing; the
 * bucket keeps the draft as the version before.
 */
export async function finish(
  incident: Incident,
  { by, via, requestId, document }: FinishRequest,
  answerTo: (committed: Committed) => Promise<CommandAnswer>,
): Promise<CommandAnswer> {
  const parsed = readReview(document);
  if ('refused' in parsed) return { refused: `the post-mortem of ${incident.id} is not complete: ${parsed.refused}` };
  const command = { type: 'finish post-mortem', id: `person/${requestId}`, by, via, ...parsed.review } as const;
  const handled = handle(incident, command, new Date().toISOString());
  if ('refused' in handled) return { incident, refused: handled.refused };
  const key = `${folderOf(incident)}post-mortem.md`;
  await put({ bucket: bucket(), key, body: document, contentType: 'text/markdown; charset=utf-8' });
  return answerTo(await commit(keyOf(incident), command));
}
