/** Names of people that the function finds in its environment. */
export const names = (variable: string | undefined): string[] => (variable ?? '').split(',').filter(Boolean);
