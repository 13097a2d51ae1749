import type { WorldOptions } from 'embedded-aws';

interface Assumption {
  /** What is set up, for people. */
  text: string;
  options: WorldOptions;
}

/** The things of an account that are set up in a rehearsal unless its scenario is about them: a new account has none. */
export const ASSUMPTIONS = {
  deployment: {
    text: 'the stack was deployed yesterday, and every alarm is OK',
    options: { deployment: 'yesterday' },
  },
  sms: {
    text: 'SMS is out of its sandbox, with an origination number and 100 USD a month',
    options: {
      sms: {
        ...{ sandbox: false, originationNumbers: ['+18885550100'], spendLimit: 100 },
        attributes: { DefaultSMSType: 'Transactional', DeliveryStatusIAMRole: 'arn:aws:iam::123456789012:role/sms' },
      },
    },
  },
  subscriptions: { text: 'every subscription is confirmed', options: { subscriptions: 'confirmed' } },
  concurrency: { text: '1,000 functions may run at one time', options: { concurrency: 1000 } },
  cloudFront: { text: 'the account may create CloudFront distributions', options: { cloudFront: true } },
  listenerRules: {
    text: "no rule of the listener has the maintenance page's priority",
    options: { listenerPriorities: [] },
  },
} as const satisfies Record<string, Assumption>;

export type AssumptionName = keyof typeof ASSUMPTIONS;

/** The names of the things that are set up, but for those that a scenario does without. */
export const assumedBut = (without: readonly AssumptionName[] = []): AssumptionName[] =>
  (Object.keys(ASSUMPTIONS) as AssumptionName[]).filter(name => !without.includes(name));

/** The options of a world in which they are set up. */
export const optionsOf = (names: readonly AssumptionName[]): WorldOptions =>
  Object.assign({}, ...names.map(name => ASSUMPTIONS[name].options));
