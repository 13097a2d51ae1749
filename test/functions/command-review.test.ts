import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { handler } from '../../lambda/functions/command/handler.ts';
import { handler as postMortem } from '../../lambda/functions/post-mortem/handler.ts';
import { useBucket } from '../support/bucket.ts';
import { invoke, lastEvent, openIncident, setMinute, stored, useResponder } from '../support/responder.ts';
import { completed, REVIEWED_ID, resolvedIncident } from '../support/reviewed.ts';
import { types } from '../support/story.ts';

useResponder({ RESPONSE_STATE_MACHINE: 'response', REVIEWS_BUCKET: 'reviews', REVIEWERS: 'cleo' });
mockClient(SFNClient);
const { stored: files, s3 } = useBucket();
const KEY_OF_DOCUMENT = `reviews/${REVIEWED_ID}/post-mortem.md`;

/** Without CloudWatch: the document says that there are no pictures. */
async function drafted(): Promise<string> {
  await resolvedIncident();
  await invoke(postMortem, await lastEvent('Resolved'));
  return String(files.get(KEY_OF_DOCUMENT));
}

const ask = (request: object) => invoke(handler, { incident: REVIEWED_ID, ...request });
const finish = (document: string, requestId = 'finish') =>
  ask({ do: 'finish post-mortem', by: 'ada', via: 'command line', requestId, document });

describe('the files of a review', () => {
  it('are listed, and each is returned as it is', async () => {
    const document = await drafted();
    files.set(`reviews/${REVIEWED_ID}/1-graph.png`, Buffer.from([0, 255]));
    const { files: listed, incident } = await ask({ do: 'review files' });
    expect(listed?.map(({ name }) => name)).toEqual(['1-graph.png', 'post-mortem.md']);
    expect(incident?.id).toBe(REVIEWED_ID);
    expect(await ask({ do: 'review file', name: '1-graph.png' })).toEqual({ content: 'AP8=' });
    const { content = '' } = await ask({ do: 'review file', name: 'post-mortem.md' });
    expect(Buffer.from(content, 'base64').toString()).toBe(document);
  });

  it('are refused with what to do when they are missing or too large for Lambda', async () => {
    await drafted();
    expect(await ask({ do: 'review file', name: 'x.png' })).toMatchObject({ refused: /has no file x\.png/ });
    files.set(`reviews/${REVIEWED_ID}/film.png`, Buffer.alloc(4_000_001));
    const { refused } = await ask({ do: 'review file', name: 'film.png' });
    expect(refused).toMatch(/film\.png has 4000001 bytes: open it where https:.+ is/);
  });

  it.each(['../x/post-mortem.md', 'a/b', '', '.', 'POST.md'])('cannot be named %j', async name => {
    await drafted();
    await expect(ask({ do: 'review file', name })).rejects.toThrow('the name of a file of the review');
  });

  it('are refused with the reason when the incident has no post-mortem', async () => {
    await openIncident();
    expect(await ask({ do: 'review files' })).toMatchObject({ refused: /is identified and has no post-mortem/ });
  });

  it('are refused as not drafted yet before the draft is written', async () => {
    await resolvedIncident();
    expect(await ask({ do: 'review files' })).toMatchObject({ refused: /is not drafted yet/ });
  });
});

describe('finishing a post-mortem', () => {
  it('records the words of the document, and stores the document in place of the draft', async () => {
    const document = completed(await drafted());
    setMinute(100);
    expect(await finish(document)).toMatchObject({ happened: ['PostMortemDone'], incident: { status: 'closed' } });
    expect(String(files.get(KEY_OF_DOCUMENT))).toBe(document);
    expect((await stored()).timeline.at(-1)).toMatchObject({
      ...{ type: 'PostMortemDone', by: 'ada', via: 'command line' },
      ...{ rootCause: 'We stopped a job.', lessons: 'We stopped a job.', dataImpact: 'We stopped a job.' },
    });
  });

  it('is recorded once when the same request comes again', async () => {
    const document = completed(await drafted());
    await finish(document);
    expect(await finish(document)).toMatchObject({ happened: ['PostMortemDone'] });
    expect(await finish(document, 'another')).toMatchObject({ refused: /was done already/ });
    expect(types((await stored()).timeline).filter(type => type === 'PostMortemDone')).toHaveLength(1);
  });

  it('is refused while a section is open, with its name, and changes nothing', async () => {
    const document = await drafted();
    const { refused } = await finish(`${document}\nmore`);
    for (const open of ['"Summary" is still open', '"Root cause" is still open', '"Lessons learned" is still open'])
      expect(refused).toContain(open);
    expect(String(files.get(KEY_OF_DOCUMENT))).toBe(document);
    expect((await stored()).status).toBe('resolved');
  });

  it('fails without a record when the document cannot be stored', async () => {
    const document = completed(await drafted());
    s3.on(PutObjectCommand).rejects(new Error('SlowDown'));
    await expect(finish(document)).rejects.toThrow('SlowDown');
    expect((await stored()).status).toBe('resolved');
  });
});
