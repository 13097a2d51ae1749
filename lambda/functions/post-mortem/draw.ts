import { drawGraph, readWatched } from '../../adapters/cloudwatch.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';
import type { IncidentHistory } from '../../domain/incident/history.ts';
import { alarmLabel, parseAlarmArn } from '../../domain/incident/signal.ts';
import { plusMinutes } from '../../domain/kernel/time.ts';
import { alarmsThatFired, type Drawing, drawings, type Graph } from '../../domain/post-mortem/graphs.ts';
import { windowAround } from '../../domain/post-mortem/post-mortem.ts';

/** Minutes of the future that a graph may show, so that the last mark is not at its edge. */
const MARGIN = 3;

/** A graph with the bytes of its picture, or the reason why there is none. */
export type Drawn = Graph & { png?: Uint8Array };

/** Draws the graphs of an incident. A graph that fails gives its reason, and holds up no other. */
export async function draw(incident: IncidentHistory, resources: Resources): Promise<Drawn[]> {
  const { drawn, rest } = alarmsThatFired(incident);
  const alarms = await readWatched(drawn.filter(alarm => !parseAlarmArn(alarm))).catch((error: Error) => {
    console.error({ message: `the alarms could not be read: ${error.message}`, error: error.name });
    return [];
  });
  const watched = drawn.flatMap(name => alarms.find(alarm => alarm.name === name) ?? []);
  const unknown = drawn.filter(name => !watched.some(alarm => alarm.name === name));
  const [from, end] = windowAround(incident);
  const soon = plusMinutes(new Date().toISOString(), MARGIN);
  const graphs = await Promise.all(
    drawings(incident, watched, resources, [from, end < soon ? end : soon]).map(drawOne),
  );
  return [
    ...graphs,
    ...unknown.map(alarm => ({ title: alarmLabel(alarm), why: 'CloudWatch did not say what it watches' })),
    ...rest.map(alarm => ({ title: alarmLabel(alarm), why: 'other alarms fired before it' })),
  ];
}

async function drawOne({ title, file, widget }: Drawing): Promise<Drawn> {
  try {
    return { title, file, png: await drawGraph(widget) };
  } catch (error) {
    const { name, message } = error as Error;
    console.error({ message: `no graph: ${message}`, error: name, graph: title });
    return { title, why: `CloudWatch did not give it (${name})` };
  }
}
