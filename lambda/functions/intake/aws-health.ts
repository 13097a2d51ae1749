import type { QueuedMessage } from '../../adapters/signal-queue.ts';
import { type AwsReport, concerns } from '../../domain/diagnosis/aws-services.ts';
import { HealthEvent, toReport } from '../../inbound/health-event.ts';
import { deployed } from '../../runtime/deployed.ts';
import { check } from '../../runtime/entrypoint.ts';
import { service } from '../../runtime/environment.ts';
import { noteAwsIssues } from '../../store/aws-issues.ts';
import type { Failure } from './failures.ts';

/** Remembers the issues that AWS reports for the service's region and for what it uses, all in one write. Gives what failed. */
export async function receiveHealth(messages: readonly QueuedMessage[]): Promise<Failure[]> {
  if (messages.length === 0) return [];
  const failures: Failure[] = [];
  const reports = new Map<QueuedMessage, AwsReport>();
  for (const message of messages) {
    try {
      const report = toReport(check(HealthEvent, JSON.parse(message.body)));
      if (report) reports.set(message, report);
    } catch (error) {
      failures.push({ message, error });
    }
  }
  try {
    await note([...reports.values()]);
  } catch (error) {
    for (const message of reports.keys()) failures.push({ message, error });
  }
  return failures;
}

async function note(reports: readonly AwsReport[]): Promise<void> {
  const current = await deployed();
  const issues = reports.flatMap(report => {
    const isOurs = concerns(report, current);
    const { issue, region } = report;
    console.info({ message: isOurs ? 'AWS reports an issue' : 'an issue of AWS that is not ours', region, ...issue });
    return isOurs ? [issue] : [];
  });
  if (issues.length > 0) await noteAwsIssues(service(), issues, new Date().toISOString());
}
