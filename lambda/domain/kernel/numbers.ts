/** A share of 0 to 1 in per cent, at most one decimal, and that only below 10 %, so that 0.4 % does not read as nothing. */
export const percent = (share: number): string => `${rounded(share * 100, share > 0 && share < 0.1 ? 1 : 0)} %`;

/** The number with at most this many decimals. */
export const rounded = (value: number, decimals: number): number => Math.round(value * 10 ** decimals) / 10 ** decimals;

/** "0.25 s", with at most two decimals. */
export const inSeconds = (value: number): string => `${rounded(value, 2)} s`;

/** "1,722". */
export const thousands = (n: number): string => n.toLocaleString('en-US');

/** "1 session", "1,722 sessions". */
export const countOf = (n: number, one: string, many = `${one}s`): string => `${thousands(n)} ${n === 1 ? one : many}`;
