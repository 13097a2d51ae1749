import type { Incident } from '../incident/incident.ts';
import { clock } from '../kernel/time.ts';

type Known = Pick<Incident, 'status' | 'mergedInto' | 'cause' | 'mitigatedAt'>;

/** The status for people, with what earned it: "identified: the writer uses 1,722 of 1,722 connections". */
export function statusWords({ status, mergedInto, cause, mitigatedAt }: Known): string {
  if (mergedInto) return `merged into ${mergedInto.id}`;
  if (status === 'identified' && cause) return `identified: ${cause}`;
  return status === 'monitoring' && mitigatedAt ? `monitoring since ${clock(mitigatedAt)} UTC` : status;
}
