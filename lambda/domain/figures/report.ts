import type { Status } from '../incident/events.ts';
import type { ActionItem, Incident } from '../incident/incident.ts';
import type { Judgement, Promised } from '../incident/records.ts';
import { judge } from '../incident/targets.ts';
import type { Severity } from '../kernel/severity.ts';
import { openItems } from '../review/review.ts';
import type { ScheduledTask } from '../review/runbook-review.ts';
import {
  DEFINITIONS,
  type Distribution,
  distribution,
  type EndedRun,
  endedRuns,
  type LeftOut,
  leftOut,
  TARGETS,
  TIME_NAMES,
  TIMES,
  type TimeName,
  timesOf,
} from './figures.ts';

/** `kept` of `of` targets were kept. */
export interface Kept {
  kept: number;
  of: number;
}

/** `verified` of `of` ended runs were verified to help. */
export interface Verified {
  verified: number;
  of: number;
}

/** The results of one runbook's runs; reverts and dry runs are counted apart. */
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

/** The figures of the incidents that were opened in a month (UTC). Times are in minutes. */
export interface MonthlyReport {
  service: string;
  month: string;
  /** The time of the report. */
  at: string;
  times: Record<TimeName, Distribution>;
  targets: Record<Promised, Partial<Record<Severity, Kept>>>;
  runbooks: Record<string, RunbookFigures>;
  /** The counted incidents, in the order of their opening. */
  incidents: ReportedIncident[];
  leftOut: Record<LeftOut, number>;
  /** The open action items of all incidents but drills and those within maintenance, the most urgent first. */
  actionItems: (Pick<ActionItem, 'id' | 'action' | 'owner' | 'priority' | 'dueAt'> & { incident: string })[];
  /** The tasks that a schedule began in the month. */
  scheduledTasks: ScheduledTask[];
  definitions: Record<string, string>;
}

export function monthlyReport(
  incidents: readonly Incident[],
  about: Pick<MonthlyReport, 'service' | 'month' | 'at' | 'scheduledTasks'>,
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
    leftOut: each(['drill', 'cancelled', 'merged', 'maintenance'], count),
    actionItems: incidents
      .filter(({ drill, held }) => !drill && !held)
      .flatMap(incident => openItems(incident).map(item => ({ ...itemFields(item), incident: incident.id })))
      .sort((a, b) => a.dueAt.localeCompare(b.dueAt)),
    definitions: {
      ...Object.fromEntries(TIME_NAMES.map(time => [TIMES[time].abbreviation, TIMES[time].definition])),
      ...DEFINITIONS,
    },
  };
}

function line(incident: Incident, judged: readonly Judgement[]): ReportedIncident {
  const { id, title, severity, status, openedAt } = incident;
  const targets = Object.fromEntries(judged.map(({ target, kept }) => [target, kept ? 'kept' : 'missed']));
  return { id, title, severity, status, openedAt, minutes: timesOf(incident), targets };
}

function targets(judged: readonly Judgement[]): MonthlyReport['targets'] {
  const judgedFor =
    (target: Promised) =>
    (severity: Severity): Kept => {
      const matching = judged.filter(other => other.target === target && other.severity === severity);
      return { kept: matching.filter(({ kept }) => kept).length, of: matching.length };
    };
  return {
    response: each(TARGETS.response.severities, judgedFor('response')),
    resolution: each(TARGETS.resolution.severities, judgedFor('resolution')),
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

const itemFields = ({ id, action, owner, priority, dueAt }: ActionItem) => ({ id, action, owner, priority, dueAt });

const each = <Name extends string, Value>(names: readonly Name[], value: (name: Name) => Value) =>
  Object.fromEntries(names.map(name => [name, value(name)])) as Record<Name, Value>;
