import type { Resources } from '../../domain/diagnosis/resources.ts';
import { missingNames } from '../../readings/missing-names.ts';

/** Checks that the configured resources exist: a misspelt name never has any metric, and so no alarm. */
export async function configuredNames(resources: Resources) {
  const missing = await missingNames(resources);
  return {
    ok: missing.length === 0,
    summary:
      missing.length === 0
        ? 'Configuration: the service, load balancer and cache that it names exist'
        : `Configuration: ${missing.map(thing => `there is no ${thing}`).join(', ')}. Correct the name, and deploy again`,
    facts: { namesMissing: missing.length },
  };
}
