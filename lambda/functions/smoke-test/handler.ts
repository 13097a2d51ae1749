import * as v from 'valibot';
import { probe } from '../../adapters/http.ts';
import { relieved } from '../../domain/effect.ts';
import { notVerified } from '../../domain/response.ts';
import { judgeTraffic } from '../../domain/traffic.ts';
import { done, failed } from '../../domain/verdict.ts';
import { deployed } from '../deployed.ts';
import { entrypoint } from '../entrypoint.ts';
import { readTraffic } from '../traffic.ts';

/**
 * Whether the service serves people: its health URLs answer as they must, and next to no request has failed just now.
 * Else its verdict names what is not well, so that the runbook fails.
 */
export const handler = entrypoint(v.unknown(), async () => {
  const { resources } = deployed();
  const now = new Date();
  const [probes, traffic] = await Promise.all([
    Promise.all(resources.healthUrls.map(target => probe(target))),
    readTraffic(resources, now),
  ]);
  const checks = [
    ...probes.map(({ url, healthy, seen }) => ({ check: url, passed: healthy, seen })),
    relieved(judgeTraffic(traffic, now, resources.minimumRequests)),
  ];
  const fault = notVerified(checks);
  if (fault !== undefined) return failed(`not well: ${fault}`);
  return { ...done(), passed: checks.map(({ check, seen }) => `${check}: ${seen}`) };
});
