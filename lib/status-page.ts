import type { Construct } from 'constructs';
import type { ChannelParts } from './channel.ts';
import type { ServiceConfig } from './config.ts';
import { Listener } from './listener.ts';

export function addStatusPage(
  scope: Construct,
  _config: NonNullable<ServiceConfig['statusPage']>,
  parts: ChannelParts,
): void {
  new Listener(scope, 'StatusPage', {
    folder: 'status-page',
    description: 'What customers see',
    entries: ['Published', 'UpdatePosted'],
    lost: 'Updates that the status page does not show',
    parts,
  });
}
