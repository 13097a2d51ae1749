/** 0 done, 1 refused or not found, 2 wrong usage, 3 AWS could not be reached or denied access, 4 not confirmed while alarms are red. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** The reason why a command failed, in words for its user, with the exit code. */
export class Failure extends Error {
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const SIGN_IN = 'Sign in with `aws sso login`, or set AWS_PROFILE to a profile of the account.';

/** Translates an error of the SDK into what happened and what the user can do. */
export function explained(error: unknown, activity: string): Failure {
  if (error instanceof Failure) return error;
  const { name, message, code } = error as Error & { code?: string };
  const failure = (what: string, toDo: string) => new Failure(3, `${activity}: ${what}\n${toDo}`, { cause: error });
  if (/Credentials|Token|SSO|Signature/.test(name) || /sso|credentials/i.test(message))
    return failure(`AWS credentials not found or expired (${message})`, SIGN_IN);
  const action = /not authorized to perform: ([\w:-]+)/.exec(message)?.[1];
  if (action || /AccessDenied/.test(name))
    return failure(
      `access denied (${message})`,
      `You need the permission ${action ?? 'for this call'}: see "Permissions" in docs/operations.md.`,
    );
  const reason = message || code || name;
  if (/Timeout|ENOTFOUND|ECONN|EAI_AGAIN|Network/.test(`${name} ${code} ${message}`))
    return failure(
      `AWS could not be reached (${reason})`,
      'Check the network and try again: repeating the command is safe.',
    );
  return failure(reason, 'Try again: repeating the command is safe.');
}
