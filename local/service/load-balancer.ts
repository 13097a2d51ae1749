/** A condition of a listener rule, as Elastic Load Balancing has it. */
export interface Condition {
  Field: string;
  [config: string]: unknown;
}

/** The load balancer, as far as a rule of its listener may answer instead of the service. */
export class LoadBalancer {
  /** Conditions of the maintenance page's rule; undefined where there is none. */
  conditions: Condition[] | undefined;

  /** Every path is answered by the maintenance page. */
  get maintenance(): boolean {
    return this.conditions?.some(({ Field }) => Field === 'path-pattern') ?? false;
  }
}
