import { type Answered, type Asked, faults, oneOf, optional, textOf, type Vendor } from './vendor.ts';

// biome-ignore lint/suspicious/noExplicitAny: requests as they were sent
type Body = Record<string, any>;

const COMMON = { user: optional(textOf(100)), source: optional(textOf(100)), note: optional(textOf(25_000)) };
const PRIORITY = { priority: oneOf('P1', 'P2', 'P3', 'P4', 'P5') };
const ALERT = {
  ...COMMON,
  message: textOf(130),
  alias: optional(textOf(512)),
  description: optional(textOf(15_000)),
  entity: optional(textOf(512)),
  priority: optional(oneOf('P1', 'P2', 'P3', 'P4', 'P5')),
  tags: optional(value =>
    Array.isArray(value) && value.length <= 20 && value.every(tag => tag.length <= 50)
      ? undefined
      : 'must be at most 20 of at most 50 characters',
  ),
  details: optional(value =>
    Object.values(value as object).every(text => typeof text === 'string') && JSON.stringify(value).length <= 8000
      ? undefined
      : 'must be texts of at most 8000 characters',
  ),
};

/** Opsgenie's Alert API v2, and the webhook that it sends. */
export class Opsgenie implements Vendor {
  readonly host = 'api.opsgenie.com';
  readonly requests: { path: string; body: Body }[] = [];
  private readonly key: string;

  constructor(key: string) {
    this.key = key;
  }

  answer({ method, path, headers, body }: Asked): Answered {
    if (headers['authorization'] !== `GenieKey ${this.key}`)
      return { status: 401, body: { message: 'Key format is not valid!' } };
    const given: Body = JSON.parse(body);
    const acts = /^\/v2\/alerts\/[^/]{1,512}\/(acknowledge|close)\?identifierType=alias$/.test(path);
    const isPriority = /^\/v2\/alerts\/[^/]{1,512}\/priority\?identifierType=alias$/.test(path);
    if (isPriority ? method !== 'PUT' : method !== 'POST' || !(acts || path === '/v2/alerts'))
      return { status: 404, body: { message: 'not found' } };
    const wrong = faults(given, isPriority ? PRIORITY : acts ? COMMON : ALERT);
    if (wrong.length > 0) return { status: 422, body: { message: 'Request body is not processable', errors: wrong } };
    this.requests.push({ path, body: given });
    return { status: 202, body: { result: 'Request will be processed', took: 0.3, requestId: '43a29c5c' } };
  }

  webhook(token: string, action: string, alias: string, alert: Body = {}) {
    const told = {
      alertId: '052652ac',
      alias,
      username: 'ada@mockupaws.com',
      updatedAt: 1420452193166002000,
      ...alert,
    };
    const body = JSON.stringify({
      source: { name: 'web', type: 'web' },
      alert: told,
      action,
      integrationId: '37c8f316',
    });
    return { method: 'POST', body, headers: { 'x-webhook-token': token, 'content-type': 'application/json' } };
  }
}
