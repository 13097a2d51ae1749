/** A share of 0 to 1 in per cent; one decimal below 10 %, so that 0.4 % does not read as nothing. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}
