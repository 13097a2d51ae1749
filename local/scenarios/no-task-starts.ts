import type { RehearsalWorld } from '../world/world.ts';

/** All tasks fall, and none can be started in their place. */
export function noTaskStarts({ account, service }: RehearsalWorld, meanwhile = ''): void {
  account.emit('service', { change: `all tasks fall, and none can be started${meanwhile}`, fault: true });
  service.tasks.start = false;
  service.tasks.running = 0;
}
