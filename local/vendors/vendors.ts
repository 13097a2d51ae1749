import type { Account, Fetch, Functions, Secrets } from 'embedded-aws';
import { PagerDuty } from './pagerduty.ts';
import { PagerDutyDelivery } from './pagerduty-delivery.ts';
import { asText, Slack } from './slack.ts';
import type { Vendor } from './vendor.ts';

/** A message as its recipient received it, whichever way it came. */
export interface Received {
  channel: string;
  to: string;
  subject: string;
  body: string;
  at: string;
  /** The message was changed since it was sent, and reads so now. */
  edited?: boolean;
  /** Headers that mail programs read and nobody sees. */
  headers?: Record<string, string>;
}

/** The vendors that the deployed configuration knows, who know its secrets. */
export class Vendors {
  readonly slack: Slack;
  readonly pagerduty: PagerDuty;
  /** Hosts that answer 500 to everything. */
  readonly down = new Set<string>();
  private readonly pagerdutyTimes: string[] = [];

  constructor(account: Account, secrets: Secrets, functions: Functions) {
    const surroundings = {
      now: () => account.clock.now,
      emit: (type: string, detail: Record<string, unknown>) => {
        if (type === 'pagerduty') this.pagerdutyTimes.push(account.clock.iso);
        account.emit(type, detail);
      },
    };
    const chat = account.find('AWS::Lambda::Function', 'Chat/Function');
    this.slack = new Slack(surroundings, {
      channel: chat?.properties['Environment'].Variables['SLACK_CHANNEL'] ?? '',
      token: secrets.of('Chat/Function', 'BOT_TOKEN_SECRET') ?? '',
    });
    this.pagerduty = new PagerDuty(surroundings);
    new PagerDutyDelivery(account, secrets, functions).of(this.pagerduty);
  }

  reachedBy(service: Fetch): Fetch {
    return internet(service, [this.slack, this.pagerduty], this.down);
  }

  get received(): Received[] {
    const slack = this.slack.messages.map(message => ({
      ...{ channel: 'slack', to: 'channel', subject: message.text, body: asText(message) },
      ...{ at: new Date(Number(message.ts) * 1000).toISOString(), edited: message.edited > 0 },
    }));
    const pagerduty = this.pagerduty.events.map(({ routing_key: _, ...event }, i) => ({
      ...{
        channel: 'pagerduty',
        to: 'service',
        body: JSON.stringify(event, null, 2),
        at: this.pagerdutyTimes[i] ?? '',
      },
      subject: [event['event_action'], event['payload']?.summary ?? event['dedup_key']].join(': '),
    }));
    return [...slack, ...pagerduty];
  }
}

/** Each vendor answers under its own host, and the protected service under every other. */
function internet(service: Fetch, vendors: readonly Vendor[], down: ReadonlySet<string>): Fetch {
  return async (url, init) => {
    const { host, pathname, search } = new URL(url);
    const vendor = vendors.find(other => other.host === host || other.aliases?.includes(host));
    if (!vendor) return service(url, init);
    if (down.has(host)) return new Response('upstream error', { status: 500 });
    const { status, body, headers } = vendor.answer({
      method: init?.method ?? 'GET',
      path: pathname + search,
      headers: Object.fromEntries(new Headers(init?.headers).entries()),
      body: String(init?.body ?? ''),
    });
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
      status,
      ...(headers ? { headers } : {}),
    });
  };
}
