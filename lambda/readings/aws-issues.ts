import { type AwsIssue, openIssues } from '../domain/incident/aws-issues.ts';
import { service } from '../runtime/environment.ts';
import { readAwsIssues } from '../store/aws-issues.ts';

/** The issues of AWS that are open, as far as they were reported. */
export const openAwsIssues = async (now: string): Promise<AwsIssue[]> =>
  openIssues(await readAwsIssues(service()), now);
