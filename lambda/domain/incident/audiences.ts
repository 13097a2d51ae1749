/** What is promised: somebody responds in time, it is resolved in time, and whoever is told of it is told again in time. */
export type Target = 'response' | 'resolution' | 'update';

/** Who is told how it goes on: stakeholders by mail; the public by the status page and, who subscribed, by mail. */
export type Audience = 'stakeholders' | 'public';

/** As people are told of them. */
export const AUDIENCE_NAMES: Record<Audience, string> = { stakeholders: 'stakeholders', public: 'customers' };

/** A matter that a person declared and that nothing measures: a security breach, or a data loss. */
export type Investigation = 'security' | 'data';

/** Ways to people outside of the escalation path, and to the metrics. Each records what it has delivered. */
export type DeliveryChannel = 'stakeholders' | 'status page' | 'subscribers' | 'reviewers' | 'figures';

/** A page wakes people (SMS and e-mail); a notice does not (e-mail). */
export type Urgency = 'page' | 'notice';
