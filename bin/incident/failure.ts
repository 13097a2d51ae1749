/** 0 done, 1 refused or not there, 2 called wrongly, 3 AWS could not be reached or said no. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Why a command was not carried out, in words for the person who gave it. */
export class Failure extends Error {
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const SIGN_IN = 'Sign in with `aws sso login`, or set AWS_PROFILE to a profile of the account.';

/** What an error of the SDK means for whoever sits before it, and what to do about it. */
export function explained(error: unknown, doing: string): Failure {
  if (error instanceof Failure) return error;
  const { name, message, code } = error as Error & { code?: string };
  const failure = (what: string, toDo: string) => new Failure(3, `${doing}: ${what}\n${toDo}`, { cause: error });
  if (/Credentials|Token|SSO|Signature/.test(name) || /sso|credentials/i.test(message))
    return failure(`AWS does not know you (${message})`, SIGN_IN);
  const action = /not authorized to perform: ([\w:-]+)/.exec(message)?.[1];
  if (action || /AccessDenied/.test(name))
    return failure(
      `AWS said no (${message})`,
      `You need ${action ?? 'its action'}: see "Permissions" in docs/operations.md.`,
    );
  const reason = message || code || name;
  if (/Timeout|ENOTFOUND|ECONN|EAI_AGAIN|Network/.test(`${name} ${code} ${message}`))
    return failure(`AWS could not be reached (${reason})`, 'Check the network, and try again: nothing happens twice.');
  return failure(reason, 'Try again; what was asked before does not happen twice.');
}
