import { type Account, ServiceError } from 'embedded-aws';
import type { SimulatedService } from '../service.ts';

/** CloudWatch Logs: the log group of the service's tasks, whose every line tells of an error. */
export function provideLogs(account: Account, { shape, logs }: SimulatedService): void {
  account.provide('logs', {
    FilterLogEvents: {
      resources: ({ logGroupName }) => [
        `arn:aws:logs:${account.region}:123456789012:log-group:${logGroupName}:log-stream:`,
      ],
      run: ({ logGroupName, startTime = 0, limit = 10_000, nextToken }) => {
        if (logGroupName !== shape.logGroup)
          throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
        const from = Number(nextToken ?? 0);
        const found = logs.since(startTime);
        const events = found.slice(from, from + limit).map(({ at, message }) => ({ timestamp: at, message }));
        const next = from + events.length;
        return { events, ...(next < found.length ? { nextToken: String(next) } : {}) };
      },
    },
  });
}
