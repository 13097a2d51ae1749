import type { Account, Functions, Secrets } from 'embedded-aws';
import type { PagerDuty } from './pagerduty.ts';
import { type WebhookEvent, webhookRequest } from './pagerduty-webhook.ts';

/** Milliseconds until PagerDuty sends a webhook, and until it tries again after no answer, a 429 or a 5xx. */
const DELAY = { first: 1000, again: 60_000 };

/** Sends the webhooks to the URL that the deployed configuration gives to PagerDuty's subscription, in their order. */
export class PagerDutyDelivery {
  private readonly account: Account;
  private readonly secrets: Secrets;
  private readonly functions: Functions;
  private readonly due: WebhookEvent[] = [];

  constructor(account: Account, secrets: Secrets, functions: Functions) {
    this.account = account;
    this.secrets = secrets;
    this.functions = functions;
  }

  of(pagerduty: PagerDuty): void {
    pagerduty.onWebhook = event => {
      if (this.due.push(event) === 1) this.account.clock.after(DELAY.first, () => this.send());
    };
  }

  private async send(): Promise<void> {
    const [event] = this.due;
    const url = this.account.ofType('AWS::Lambda::Url').find(({ path }) => path.startsWith('PagerdutyWebhook/'));
    const secret = this.secrets.of('PagerdutyWebhook/Function', 'WEBHOOK_SECRET');
    if (!event || !url || secret === undefined) return void this.due.splice(0);
    const { statusCode } = await this.functions.request(
      url.attributes['FunctionUrl'] ?? '',
      webhookRequest(secret, event),
    );
    const failed = statusCode === 429 || statusCode >= 500;
    if (!failed) this.due.shift();
    if (this.due.length > 0) this.account.clock.after(failed ? DELAY.again : DELAY.first, () => this.send());
  }
}
