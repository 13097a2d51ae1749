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
  /** Of RDS: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/CHAP_Limits.html */
  databaseIdentifier: 63,
  loadBalancer: 32,
  email: 254,
  url: 200,
  contains: 100,
  /** A name or statement of sessions that are spared. */
  spared: 63,
  /** Of SES, which shows them to subscribers. */
  component: 128,
  componentDescription: 500,
} as const;

export const MOST = {
  healthUrls: 8,
  /** A writer and fifteen readers: Aurora has no more. */
  databaseInstances: 16,
  availabilityZones: 6,
  subnets: 16,
  spared: 10,
  certificates: 9,
  /** Of one load balancer, or of several. */
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
