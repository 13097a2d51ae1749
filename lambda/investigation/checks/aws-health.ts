import type { Resources } from '../../domain/diagnosis/resources.ts';
import { issueWords } from '../../domain/incident/aws-issues.ts';
import { openAwsIssues } from '../../readings/aws-issues.ts';

/** Open issues that AWS reported of the region and the services in use. */
export async function awsHealth(_: Resources, now: Date) {
  const open = await openAwsIssues(now.toISOString());
  return {
    ok: open.length === 0,
    summary: `AWS Health: ${open.length === 0 ? 'no open issue has been reported' : `open issue of ${issueWords(open)}`}`,
    facts: { openAwsIssues: open.length },
  };
}
