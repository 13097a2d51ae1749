import { beforeEach, describe, expect, it } from 'vitest';
import { threadHead } from '../../lambda/domain/messages/chat.ts';
import { handler as answer } from '../../lambda/functions/answer/handler.ts';
import { handler as page } from '../../lambda/functions/page/handler.ts';
import { receive } from '../../lambda/runtime/command-handler.ts';
import { useTopics } from '../support/aws-mocks.ts';
import { urlEvent } from '../support/door.ts';
import { useLinks } from '../support/links.ts';
import { busEvent, committed, invoke, policyOf, signal, stored } from '../support/responder.ts';
import { of, STATUS_PAGE } from '../support/story.ts';

useLinks({ LEVEL_TOPICS: 'level-1,level-2,level-3,level-4' });
const { sns, messages } = useTopics();

beforeEach(async () => {
  await receive(signal({ level: 'warning' }), { ...policyOf(), statusPage: STATUS_PAGE });
  await committed({ type: 'fulfil', id: 'watch', obligation: { type: 'ask to publish' } });
});

/** The page about the question, as ada reads it. */
async function asked() {
  const [{ seq } = { seq: 99 }] = of((await stored()).timeline, 'PublicationRequested');
  await invoke(page, busEvent({ seq, type: 'PublicationRequested' }));
  return messages().at(-1);
}

it('a P3 is published once by the link of the question, which is a notice to the first level', async () => {
  const message = await asked();
  expect(message?.Subject).toBe('[INCIDENT - TELL CUSTOMERS?] P3 - mockupAWS Database Connections Exhausted');
  expect(message?.MessageAttributes?.['urgency']?.StringValue).toBe('notice');
  const { default: body } = JSON.parse(message?.Message ?? '{}');
  expect(body).toMatch(/^Are customers to be told\? It is a P3, so it is published only if you say so\n/);
  const path = /Publish: +https:\/\/door\.example(\/\S+)/.exec(body)?.[1] ?? '';

  const opened = await invoke(answer, urlEvent('GET', path));
  expect(opened.body).toContain('customers see it on https://status.mockupaws.com');
  expect((await stored()).publication?.at).toBeUndefined();
  const pressed = await invoke(answer, urlEvent('POST', path, ''));
  expect(pressed.body).toContain('Done: ada has let customers know.');
  expect((await invoke(answer, urlEvent('POST', path, ''))).body).toContain('done already');
  expect(of((await stored()).timeline, 'Published')).toMatchObject([{ by: 'ada', via: 'link' }]);
});

it('the question to publish is not sent once the incident is published', async () => {
  await committed({ type: 'publish', id: 'published', by: 'ben' });
  expect((await asked())?.Subject).not.toContain('TELL CUSTOMERS');
});

it('Slack has a button to publish while the question is open', async () => {
  const buttons = async () => JSON.stringify(threadHead(await stored()).blocks?.find(({ type }) => type === 'actions'));
  expect(await buttons()).toContain('"action_id":"publish"');
  await committed({ type: 'publish', id: 'published', by: 'ben' });
  expect(await buttons()).not.toContain('publish');
});

it('the link not to publish answers the question once, and nobody is asked any more', async () => {
  const { default: body } = JSON.parse((await asked())?.Message ?? '{}');
  const path = /Do not publish: +https:\/\/door\.example(\/\S+)/.exec(body)?.[1] ?? '';
  expect((await invoke(answer, urlEvent('GET', path))).body).toContain('Do not publish</button>');
  expect((await invoke(answer, urlEvent('POST', path, ''))).body).toContain('ada has kept it from the status page');
  expect((await invoke(answer, urlEvent('POST', path, ''))).body).toContain('done already');
  expect(of((await stored()).timeline, 'PublicationDeclined')).toMatchObject([{ by: 'ada', via: 'link' }]);
  sns.resetHistory();
  expect(await asked()).toBeUndefined();
  const yes = /Publish: +https:\/\/door\.example(\/\S+)/.exec(body)?.[1] ?? '';
  expect((await invoke(answer, urlEvent('GET', yes))).body).toContain('ada said no at 09:30 UTC');
});

describe('the question to publish a declared breach', () => {
  beforeEach(async () => {
    await committed({ type: 'declare', id: 'breach', by: 'ben', securityBreach: true, text: 'a token' });
  });

  const told = async () => {
    await committed({ type: 'fulfil', id: 'watch breach', obligation: { type: 'ask to publish', level: 1 } });
    const [, { seq } = { seq: 99 }] = of((await stored()).timeline, 'PublicationRequested');
    const { sent } = await invoke(page, busEvent({ seq, type: 'PublicationRequested' }));
    return [sent, messages().at(-1)?.TopicArn];
  };

  it('pages the commander, at the level that person is on', async () => {
    await committed({ type: 'take command', id: 'command', by: 'cleo' });
    const [sent, topic] = await told();
    expect([sent?.at(-1), topic]).toEqual([{ level: 3, urgency: 'page', to: 'cleo' }, 'level-3']);
  });

  it.each([
    ['there is no commander', undefined],
    ['the commander is nobody who can be paged', 'slack:U1'],
  ])('pages whoever is on call, when %s', async (_, commander) => {
    if (commander) await committed({ type: 'take command', id: 'command', by: commander });
    expect(await told()).toEqual([[{ level: 1, urgency: 'page', to: 'ada' }], 'level-1']);
  });
});
