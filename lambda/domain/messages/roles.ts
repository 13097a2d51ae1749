/** A role in the middle of a sentence: "On-call engineer" becomes "on-call engineer", and "VP Engineering" stays. */
export const lowerFirst = (role: string): string => role.replace(/^[A-Z](?=[a-z-])/, letter => letter.toLowerCase());
