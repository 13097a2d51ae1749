import type { Account, Objects } from 'embedded-aws';
import type { SimulatedService } from '../service.ts';

/** Tasks upload their heaps to URLs signed for them. */
export function provideUploads(account: Account, { exec, memory, shape }: SimulatedService, objects: Objects): void {
  exec.run = command => {
    const url = /'(https:[^']+)'/.exec(command)?.[1];
    if (!url) return { printed: 'curl: no URL specified' };
    const [oldest] = memory.running;
    const bytes = Math.round((oldest?.used ?? 0) * 2 ** 20);
    objects.upload(url, bytes);
    account.emit('service', { change: `a task of ${shape.ecsService} uploads its heap` });
    return { printed: `${bytes}\r\n${/&& echo (\S+) \|\|/.exec(command)?.[1] ?? ''}\r\n` };
  };
}
