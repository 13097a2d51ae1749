import { issueWords, openIssues } from '../incident/aws-issues.ts';
import type { Readings } from '../incident/commands.ts';
import type { Step } from '../incident/policy.ts';

/** A step of a plan, and why it asks though it would run by itself. */
export interface CautiousStep extends Step {
  caution?: string | undefined;
}

/** The step as it may run now: while AWS has an issue, one that would run by itself needs approval. */
export function cautious(step: Step, { awsIssues }: Readings, now: string): CautiousStep {
  const caution = step.mode === 'auto' ? cautionOf(awsIssues, now) : undefined;
  return caution ? { ...step, mode: 'approve', caution } : step;
}

function cautionOf(issues: Readings['awsIssues'], now: string): string | undefined {
  if (issues === 'unreadable') return 'what AWS reported of its issues cannot be read';
  const open = openIssues(issues, now);
  return open.length > 0 ? `AWS reports an open issue of ${issueWords(open)}` : undefined;
}
