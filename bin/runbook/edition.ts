import packageJson from '../../package.json' with { type: 'json' };
import type { Source } from './source.ts';

/** Which runbook this is: by the configuration alone, so that it is the same whenever it is written. */
export function edition({ config }: Source) {
  const { version = packageJson.version, date, owner } = config.runbook ?? {};
  return { version, date: date ?? null, owner: owner ?? null, nextReview: date ? nextQuarter(date) : null };
}

/** The first day of the quarter that follows: then the responder opens the review. */
function nextQuarter(date: string): string {
  const [year = 0, month = 1] = date.split('-').map(Number);
  return new Date(Date.UTC(year, Math.ceil(month / 3) * 3)).toISOString().slice(0, 10);
}
