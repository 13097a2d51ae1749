import type { Source } from './source.ts';

/** The runbook's 2.3: who is called when nobody has answered. By name: addresses are nobody's to read. */
export const escalationPath = ({ config, policy }: Source) =>
  policy.escalation.map(({ level, role, afterMinutes }, i) => ({
    level,
    role,
    from: afterMinutes,
    to: policy.escalation[i + 1]?.afterMinutes ?? null,
    people: whoIsCalled(config.escalation[i]),
  }));

type Level = Source['config']['escalation'][number];

function whoIsCalled(level: Level | undefined): string {
  if (!level) return 'nobody';
  const { people, rotation } = level;
  if (!rotation) return people.join(' and ');
  const { since, at, timeZone, overrides } = rotation;
  const weekday = new Date(since).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' });
  return [
    `${people.join(', then ')}, a week each`,
    `hand-over on ${weekday} at ${at}, ${timeZone}; ${people[0]} began on ${since}`,
    ...overrides.map(({ person, from, to }) => `${person} stands in from ${from} to ${to}`),
  ].join('; ');
}
