import { duration } from '../../lambda/domain/messages.ts';
import { criteriaFor, SEVERITIES, SEVERITY_MEANINGS, SEVERITY_NAMES } from '../../lambda/domain/severity.ts';
import type { Source } from '../runbook-document.ts';

/** The runbook's section 1: what each severity is, and what it brings. */
export const severityLevels = ({ policy }: Source) =>
  SEVERITIES.map(severity => {
    const { responseMinutes, resolutionMinutes, pages, stakeholdersMinutes, publishes, reviewed } =
      policy.severities[severity];
    return {
      ...{ severity, pages, reviewed },
      name: SEVERITY_NAMES[severity],
      meaning: SEVERITY_MEANINGS[severity],
      criteria: criteriaFor(severity, policy.criteria),
      response: duration(responseMinutes),
      resolution: resolutionMinutes === undefined ? 'best effort' : duration(resolutionMinutes),
      stakeholders: stakeholdersMinutes === undefined ? null : duration(stakeholdersMinutes),
      publishes: policy.statusPage ? publishes : 'off',
    };
  });
