import type { Construct } from 'constructs';
import type { ContentKind } from '../../lambda/domain/deployed.ts';
import type { IncidentsTable } from './incidents-table.ts';
import { ResponderFunction, type ResponderFunctionProps } from './responder-function.ts';

export interface IncidentFunctionProps extends ResponderFunctionProps {
  /** The function finds the table in its environment; what it may do there is granted by the table. */
  incidents: IncidentsTable;
  /** The parts of the deployed configuration that it reads. @default none */
  reads?: readonly ContentKind[];
}

/** A function that works on incidents. */
export class IncidentFunction extends ResponderFunction {
  constructor(scope: Construct, id: string, { incidents, reads = [], environment, ...props }: IncidentFunctionProps) {
    super(scope, id, { ...props, environment: { ...incidents.environment, ...environment } });
    if (reads.length > 0) incidents.grantReadDeployed(this, reads);
  }
}
