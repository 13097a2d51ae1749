import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { type AwsIssue, withReports } from '../domain/incident/aws-issues.ts';
import { ALONE, client, type ItemKey, putVersion, TableName } from './table.ts';

/** All issues of a service in one item: they are few, and those that are over are forgotten with the next write. */
const Key = (service: string): ItemKey => ({ pk: `aws-issues/${service}`, sk: ALONE });

/** Writers that meet begin again, at most so often. */
const TRIES = 5;

/** The issues of AWS that were reported for a service, open or not. */
export const readAwsIssues = async (service: string): Promise<readonly AwsIssue[]> => (await read(service)).issues;

/** Remembers reports in one write, or in none if nothing is new. @throws Error when others wrote at the same time, again and again */
export async function noteAwsIssues(service: string, reports: readonly AwsIssue[], now: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { issues, version } = await read(service);
    const noted = withReports(issues, reports, now);
    if (noted === issues || (await putVersion({ ...Key(service), issues: noted }, version))) return;
  }
  throw new Error(`the issues of AWS for ${service} were changed by others ${TRIES} times in a row`);
}

async function read(service: string): Promise<{ issues: readonly AwsIssue[]; version: number }> {
  const { Item } = await client.send(
    new GetCommand({ TableName: TableName(), Key: Key(service), ConsistentRead: true }),
  );
  return { issues: Item?.['issues'] ?? [], version: Item?.['version'] ?? 0 };
}
