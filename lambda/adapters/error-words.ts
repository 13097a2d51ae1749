/** An error of AWS in the words of a message: "access denied", "throttled", "no answer", or else its name. */
export function errorWords({ name }: Error): string {
  if (/AccessDenied|NotAuthorized|Unauthorized|Forbidden/i.test(name)) return 'access denied';
  if (/Throttl|TooManyRequests|LimitExceeded/i.test(name)) return 'throttled';
  if (/Timeout|Abort|Network|ECONN|ENOTFOUND/i.test(name)) return 'no answer';
  return name;
}
