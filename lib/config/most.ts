/**
 * The most that a configuration may have of each: names as long as AWS allows them, texts and lists as far as they fit where they are
 * needed. All together may still be too much: then the quotas of AWS (`lib/quotas`) refuse it. `config/largest.ts` is what they let pass.
 */
export const LONGEST = {
  /** Where nothing else is said. */
  text: 255,
  service: 41,
  title: 60,
  role: 60,
  label: 60,
  /** RDS allows no more: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/CHAP_Limits.html */
  databaseIdentifier: 63,
  loadBalancer: 32,
  email: 254,
  url: 200,
  contains: 100,
  /** A name or statement of sessions that are spared. */
  spared: 63,
  /** SES shows them to subscribers, and allows no longer ones. */
  component: 128,
  componentDescription: 500,
} as const;

/** Systems Manager keeps these for its own documents, and the names of ours begin with the service's. */
export const RESERVED_FOR_DOCUMENTS = ['aws', 'amazon', 'amzn'] as const;

export const MOST = {
  healthUrls: 8,
  /** A writer and fifteen readers: Aurora has no more. */
  databaseInstances: 16,
  availabilityZones: 6,
  subnets: 16,
  spared: 10,
  certificates: 9,
  /** They may be of several load balancers. */
  listeners: 10,
  hosts: 100,
  securityGroups: 5,
  taskRoles: 2,
  links: 10,
  components: 50,
  /** Components that people can subscribe to: SES allows no more topics in a contact list. */
  topics: 20,
  maintenances: 8,
  slackPeople: 50,
} as const;
