import type { Construct } from 'constructs';
import type { IncidentsTable } from './incidents-table.ts';
import { ResponderFunction, type ResponderFunctionProps } from './responder-function.ts';

export interface IncidentFunctionProps extends ResponderFunctionProps {
  /** The function finds the table in its environment; what it may do there is granted by the table. */
  incidents: IncidentsTable;
}

/** A function that works on incidents. */
export class IncidentFunction extends ResponderFunction {
  constructor(scope: Construct, id: string, { incidents, environment, ...props }: IncidentFunctionProps) {
    super(scope, id, { ...props, environment: { INCIDENTS_TABLE: incidents.table.tableName, ...environment } });
  }
}
