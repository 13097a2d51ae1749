import type { Resources } from '../../domain/diagnosis/resources.ts';
import { readDeployments, readTraffic } from '../../readings/traffic.ts';

/** The latest deployment, and if a deployment is suspected of causing the failures. */
export async function deployments(resources: Resources, now: Date) {
  const state = await readDeployments(resources, now, readTraffic(resources, now));
  const { ageMinutes, inProgress, fault, suspect, suspectIsLatest } = state;
  const latest = ageMinutes === undefined ? 'none in the last hour' : `the latest ${ageMinutes} min ago`;
  return {
    ok: fault === undefined,
    summary: `Deployments: ${fault ?? latest}${suspectIsLatest === false ? ', not the latest' : ''}`,
    facts: {
      ...(ageMinutes === undefined ? {} : { deploymentAgeMinutes: ageMinutes }),
      deploymentInProgress: inProgress ? 1 : 0,
      deploymentSuspect: fault === undefined ? 0 : 1,
      ...(suspectIsLatest === undefined ? {} : { suspectIsLatest: suspectIsLatest ? 1 : 0 }),
    },
    ...(suspect && { objects: { suspectDeployment: suspect } }),
  };
}
