import type { Status } from '../incident/events.ts';
import type { ActionItem, Incident } from '../incident/incident.ts';
import type { Severity } from '../kernel/severity.ts';
import { openItems } from '../review/review.ts';
import {
  DEFINITIONS,
  type Distribution,
  distribution,
  type EndedRun,
  endedRuns,
  type Judgement,
  judge,
  type LeftOut,
  leftOut,
  type Promised,
  TARGETS,
  TIME_NAMES,
  TIMES,
  type TimeName,
  timesOf,
} from './figures.ts';

/** Of so many promises, so many were kept. */
export interface Kept {
  kept: number;
  of: number;
}

/** Of so many runs that ended, so many did what they were for. */
export interface Verified {
  verified: number;
  of: number;
}

/** What the runs of one runbook came to, and apart from them what took changes back, and dry runs. */
export interface RunbookFigures {
  runs: Verified;
  undos: Verified;
  dryRuns: number;
}

/** An incident as a line of the report. */
export interface ReportedIncident {
  id: string;
  title: string;
  severity: Severity;
  status: Status;
  openedAt: string;
  minutes: Partial<Record<TimeName, number>>;
  targets: Partial<Record<Promised, 'kept' | 'missed'>>;
}

/** The figures of the incidents that were opened in a month, UTC, as they stand. Times in minutes. */
export interface MonthlyReport {
  service: string;
  month: string;
  /** As of when. */
  at: string;
  times: Record<TimeName, Distribution>;
  targets: Record<Promised, Partial<Record<Severity, Kept>>>;
  runbooks: Record<string, RunbookFigures>;
  /** Those that count, in the order of their opening. */
  incidents: ReportedIncident[];
  leftOut: Record<LeftOut, number>;
  /** What of all but drills remains to be done, the most urgent first. */
  actionItems: (Pick<ActionItem, 'id' | 'action' | 'owner' | 'priority' | 'dueAt'> & { incident: string })[];
  definitions: Record<string, string>;
}

export function monthlyReport(
  incidents: readonly Incident[],
  about: { service: string; month: string; at: string },
): MonthlyReport {
  const counted = incidents.filter(incident => !leftOut(incident));
  const judged = counted.map(incident => judge(incident, about.at));
  const lines = counted.map((incident, i) => line(incident, judged[i] ?? []));
  const reasons = incidents.flatMap(incident => leftOut(incident) ?? []);
  const count = (reason: LeftOut) => reasons.filter(other => other === reason).length;
  return {
    ...about,
    times: each(TIME_NAMES, time => distribution(lines.flatMap(({ minutes }) => minutes[time] ?? []))),
    targets: targets(judged.flat()),
    runbooks: runbooks(counted),
    incidents: lines,
    leftOut: each(['drill', 'cancelled', 'chore'], count),
    actionItems: incidents
      .filter(({ drill }) => !drill)
      .flatMap(incident => openItems(incident).map(item => ({ ...owed(item), incident: incident.id })))
      .sort((a, b) => a.dueAt.localeCompare(b.dueAt)),
    definitions: {
      ...Object.fromEntries(TIME_NAMES.map(time => [TIMES[time].abbreviation, TIMES[time].definition])),
      ...DEFINITIONS,
    },
  };
}

function line(incident: Incident, judged: Judgement[]): ReportedIncident {
  const { id, title, severity, status, openedAt } = incident;
  const targets = Object.fromEntries(judged.map(({ target, kept }) => [target, kept ? 'kept' : 'missed']));
  return { id, title, severity, status, openedAt, minutes: timesOf(incident), targets };
}

function targets(judged: Judgement[]): MonthlyReport['targets'] {
  const of =
    (target: Promised) =>
    (severity: Severity): Kept => {
      const own = judged.filter(other => other.target === target && other.severity === severity);
      return { kept: own.filter(({ kept }) => kept).length, of: own.length };
    };
  return {
    response: each(TARGETS.response.severities, of('response')),
    resolution: each(TARGETS.resolution.severities, of('resolution')),
  };
}

function runbooks(incidents: Incident[]): MonthlyReport['runbooks'] {
  const ended = incidents.flatMap(endedRuns);
  const dry = incidents.flatMap(({ runs }) => runs.filter(({ dryRun, status }) => dryRun && status !== 'running'));
  const names = [...new Set([...ended, ...dry].map(({ runbook }) => runbook))].sort();
  const verified = (runs: EndedRun[]): Verified => ({
    verified: runs.filter(run => run.verified).length,
    of: runs.length,
  });
  return each(names, name => {
    const own = ended.filter(({ runbook }) => runbook === name);
    return {
      runs: verified(own.filter(({ revert }) => !revert)),
      undos: verified(own.filter(({ revert }) => revert)),
      dryRuns: dry.filter(({ runbook }) => runbook === name).length,
    };
  });
}

const owed = ({ id, action, owner, priority, dueAt }: ActionItem) => ({ id, action, owner, priority, dueAt });

const each = <Name extends string, Value>(names: readonly Name[], value: (name: Name) => Value) =>
  Object.fromEntries(names.map(name => [name, value(name)])) as Record<Name, Value>;
