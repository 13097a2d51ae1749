import {
  type CriterionRow,
  criteriaFor,
  type Fact,
  SERVICE_FACTS,
  SEVERITIES,
  SEVERITY_MEANINGS,
  SEVERITY_NAMES,
} from '../../lambda/domain/kernel/severity.ts';
import { duration } from '../../lambda/domain/kernel/time.ts';
import type { Source } from './source.ts';

/** The runbook's section 1: what each severity is, and what it brings. */
export const severityLevels = ({ policy }: Source) =>
  SEVERITIES.map(severity => {
    const { responseMinutes, resolutionMinutes, pages, stakeholdersMinutes, publishes, reviewed } =
      policy.severities[severity];
    return {
      ...{ severity, pages, reviewed },
      name: SEVERITY_NAMES[severity],
      meaning: SEVERITY_MEANINGS[severity],
      criteria: criteriaFor(severity, policy.criteria).map(row => ({ ...row, judged: judgedBy(row) })),
      response: duration(responseMinutes),
      resolution: resolutionMinutes === undefined ? 'best effort' : duration(resolutionMinutes),
      stakeholders: stakeholdersMinutes === undefined ? null : duration(stakeholdersMinutes),
      publishes: policy.statusPage ? publishes : 'off',
    };
  });

/** Facts that no measurement tells: who declares them, and how. */
const DECLARED: Partial<Record<Fact, string>> = {
  dataLoss: 'whoever finds it declares it: `npx incident declare ID … --data-loss`',
  securityBreach: 'whoever finds it declares it: `npx incident declare ID … --security-breach`',
  workaround: 'the commander is asked in every message: `npx incident workaround ID yes` or `no`',
};

/** The measure that judges a line of the table, or the person who is asked, and how. */
function judgedBy({ facts }: CriterionRow): string {
  const ways = facts.map(fact => {
    if (SERVICE_FACTS.includes(fact)) return 'measured each minute while an incident is open';
    return DECLARED[fact] ?? 'counted from its alarms, when one fires or clears';
  });
  const asked = 'whoever asks says so: `npx incident declare "…" --severity P4`';
  return [...new Set(facts.length > 0 ? ways : [asked])].join('; ');
}
