import type { RehearsalWorld } from '../world/world.ts';

/** Deploys the same app, with another title of the service, so that incidents open now are under an older policy. */
export async function deployPolicy(world: RehearsalWorld, title: string): Promise<void> {
  const altered = structuredClone(world.account.assembly);
  for (const { Properties: properties } of Object.values(altered.template.Resources)) {
    if (typeof properties?.['Document'] !== 'string') continue;
    const document = JSON.parse(properties['Document']);
    if (!document.shared?.title) continue;
    document.shared.title = title;
    properties['Document'] = JSON.stringify(document);
  }
  // While what stores the configuration is away, the deployment is rolled back: the old one stands.
  await world
    .update(altered)
    .catch((error: Error) => world.account.emit('asked', { do: 'deploy', refused: error.message }));
}
