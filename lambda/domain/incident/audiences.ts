/**
 * The targets: somebody responds in time, the incident is resolved in time, and every audience gets its next update in
 * time.
 */
export type Target = 'response' | 'resolution' | 'update';

/** The audiences of updates: stakeholders by mail; the public by the status page and, for subscribers, by mail. */
export type Audience = 'stakeholders' | 'public';

/** The audiences in messages to people. */
export const AUDIENCE_NAMES: Record<Audience, string> = { stakeholders: 'stakeholders', public: 'customers' };

/** A matter that a person declared and that nothing measures: a security breach or a data loss. */
export type Investigation = 'security' | 'data';

/** The channels to people outside the escalation path, and to the metrics. Each records its deliveries. */
export type DeliveryChannel = 'stakeholders' | 'status page' | 'subscribers' | 'reviewers' | 'figures';

/** A page wakes people (SMS and e-mail); a notice does not (e-mail). */
export type Urgency = 'page' | 'notice';
