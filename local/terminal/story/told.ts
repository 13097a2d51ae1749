import type { Message } from 'embedded-aws';
import { namesByAddress } from '../../world/names.ts';
import type { Entry, RehearsalWorld } from '../../world/world.ts';
import type { Row } from './layout.ts';

/** The people who were called and who answered, and those who were kept informed. */
export function people(world: RehearsalWorld, timeline: readonly Entry[]): Row[] {
  const { messages } = world.topics;
  const names = namesByAddress(world.account);
  const nameOf = ({ to }: Message) => names.get(to) ?? to.replace(/@.*/, '');
  const pages = messages.filter(({ topic }) => /Level/.test(topic));
  const stakeholders = messages.filter(({ by }) => by === 'stakeholders');
  const rows: Row[] = [
    ...called(pages, nameOf, timeline),
    ...updates(stakeholders, nameOf),
    ...others(world, messages.filter(({ by }) => by === 'reviewers').map(nameOf)),
  ];
  return rows.length > 0 ? rows : [{ text: 'nobody' }];
}

function called(pages: readonly Message[], nameOf: (message: Message) => string, timeline: readonly Entry[]): Row[] {
  const [first] = pages;
  if (!first) return [];
  const firsts = new Map<string, string>();
  for (const page of pages) if (!firsts.has(nameOf(page))) firsts.set(nameOf(page), page.at);
  const listed = [...firsts].map(([name, at], i) =>
    i === 0 || sameMinute(at, first.at) ? name : `${name} (${clock(at)})`,
  );
  const ways = [...new Set(pages.map(({ channel }) => (channel === 'sms' ? 'SMS' : 'e-mail')))].sort();
  return [{ at: first.at, text: `${listed.join(', ')} by ${ways.join(' and ')}`, end: `; ${answers(timeline)}` }];
}

function answers(timeline: readonly Entry[]): string {
  const taken = timeline.find(({ type }) => type === 'Acknowledged');
  return taken ? `acknowledged by ${taken['by']} at ${clock(taken.at)}` : 'nobody acknowledged';
}

function updates(mails: readonly Message[], nameOf: (message: Message) => string): Row[] {
  const each = Math.max(0, ...[...Map.groupBy(mails, nameOf).values()].map(own => own.length));
  const to = [...new Set(mails.map(nameOf))].sort().join(', ');
  return each > 0
    ? [{ at: mails[0]?.at, text: `stakeholders (${to})`, end: `: ${each} ${each === 1 ? 'e-mail' : 'e-mails'} each` }]
    : [];
}

function others({ vendors: { slack, pagerduty } }: RehearsalWorld, reviewers: readonly string[]): Row[] {
  const used = [...(slack.messages.length > 0 ? ['Slack'] : []), ...(pagerduty.events.length > 0 ? ['PagerDuty'] : [])];
  const invited = reviewers.length > 0 ? [`reviewers (${[...new Set(reviewers)].sort().join(', ')})`] : [];
  const parts = [...used, ...invited];
  return parts.length > 0 ? [{ text: parts.join(', ') }] : [];
}

/** Everything that could be read on the status page, each status once in a row. */
export function customers({ published }: RehearsalWorld): Row[] {
  const updates = published.filter(({ via }) => via === 'status page');
  const mails = published.length - updates.length;
  const [first] = updates;
  if (!first) return [{ text: 'nothing' }];
  const statuses = updates.flatMap(({ status, at }, i) => (updates[i - 1]?.status === status ? [] : [{ status, at }]));
  const listed = statuses.map(({ status, at }, i) => (i === 0 ? capitalised(status) : `${status} ${clock(at)}`));
  return [{ at: first.at, text: `${listed.join(', ')}${mails > 0 ? `, ${mails} e-mails` : ''}: ${first.incident}` }];
}

const capitalised = (text: string) => `${text[0]?.toUpperCase()}${text.slice(1)}`;
const clock = (at: string) => at.slice(11, 16);
const sameMinute = (a: string, b: string) => clock(a) === clock(b);
