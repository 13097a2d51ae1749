import type { Resources } from './diagnosis/resources.ts';
import type { PlaybookPolicy, Policy } from './incident/policy.ts';
import type { ServicePolicy } from './incident/service-policy.ts';
import type { Criterion } from './kernel/severity.ts';
import type { Roster } from './on-call/roster.ts';
import type { TopicSubscribers } from './on-call/subscriptions.ts';
import type { SiteInput } from './status-page/site.ts';

/**
 * The version of the shape of what a deployment stores. Raise it with every change of shape, together with an upcaster in
 * `lambda/store/upcast.ts` for what is stored already.
 */
export const SCHEMA = 2;

/** The kinds of items that are addressed by the hash of their content, and never changed. */
export type ContentKind = 'policy' | 'deployment' | 'contacts';

/** The resource of the stack that stores a deployment. */
export const DEPLOYMENT_RESOURCE = 'Custom::IncidentResponseDeployment';

/** The configuration as the functions need it now. Policies and addresses are items of their own, named here by their hashes. */
export interface Deployed {
  service: string;
  region: string;
  /** The current severity table of the service. Each policy contains a copy for the incidents that are opened under it. */
  criteria: readonly Criterion[];
  /**
   * The people who can be called at each level, the first level first. They are not part of the policies, which are
   * frozen into incidents: a call always goes to whoever is on call now.
   */
  rosters: readonly Roster[];
  resources: Resources;
  /** The content of the status page, if there is one. */
  site?: Pick<SiteInput, 'title' | 'url' | 'components' | 'maintenance' | 'subscribeUrl'> | undefined;
  /** The hashes of the policies that contain its playbooks: of one, since schema 2. */
  policies: readonly string[];
  /** The hash of the contacts. */
  contacts: string;
}

/** Personal data: only the functions that need it may read it. */
export interface Contacts {
  /** E-mail addresses by people's names. */
  addresses: Record<string, string>;
  /** The addresses that each topic should have. */
  subscribers: readonly TopicSubscribers[];
}

/** A configuration with its playbooks, as a deployment hands it over: one JSON text, whose deploy-time values are known by then. */
export interface DeploymentDocument extends Omit<Deployed, 'policies' | 'contacts'> {
  schema: number;
  /** The policy that all playbooks share. */
  shared: ServicePolicy;
  playbooks: readonly PlaybookPolicy[];
  contacts: Contacts;
}

/** The policy that a document describes. */
export const policyIn = ({ shared, playbooks }: Pick<DeploymentDocument, 'shared' | 'playbooks'>): Policy => ({
  ...shared,
  playbooks,
});
