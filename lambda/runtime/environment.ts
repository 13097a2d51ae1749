/** The service that the function works for. */
export const service = () => process.env['SERVICE'] ?? '';

/** Names of people, separated by commas, from an environment variable. */
export const names = (variable: string | undefined): string[] => (variable ?? '').split(',').filter(Boolean);
