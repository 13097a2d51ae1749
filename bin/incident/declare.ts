import type { Command } from 'commander';
import type { Declaration } from '../../lambda/domain/incident/signal.ts';
import { declarationFault } from '../../lambda/domain/intake/declaration.ts';
import { SEVERITIES, type Severity } from '../../lambda/domain/kernel/severity.ts';
import { dateTime, plusMinutes } from '../../lambda/domain/kernel/time.ts';
import { ID, incident, isId, severity, yesOrNo } from './arguments.ts';
import { Failure } from './failure.ts';
import type { Tools } from './review.ts';
import { severities } from './show.ts';

const TITLE = 100;

interface Given {
  severity?: Severity;
  dataLoss?: boolean;
  securityBreach?: boolean;
  workaround?: boolean;
}

const HELP = `
  npx incident declare "Customers are charged twice" --severity P2 --workaround no
  npx incident declare "A token was published" --security-breach
  npx incident declare "May we export by XML?" --severity P4
  npx incident declare INC-2026-01-31-001 orders of today are gone --data-loss

A data loss or a security breach is a P1. A P4 is a question: it wakes nobody, and an answer is due within 24 hours.
`;

/** Adds the commands to declare an incident that no alarm has found, or facts of an open one. */
export function addDeclare(program: Command, tools: Tools): void {
  program
    .command('declare')
    .description('Open an incident that no alarm has detected; with an id, add facts to that incident')
    .argument('<title>', `a few words in quotes; or ${ID}`)
    .argument('[text...]', 'details (default: the title)')
    .option('--severity <severity>', `${SEVERITIES.join(', ')} (default: P3)`, severity)
    .option('--data-loss', 'data was lost or corrupted (P1)')
    .option('--security-breach', 'somebody gained access or obtained a secret (P1)')
    .option('--workaround <yes|no>', 'yes if people have another way to do what fails', yesOrNo)
    .addHelpText('after', () => `${HELP}\n${severities()}`)
    .action((title: string, text: string[], given: Given) => {
      const fault = declarationFault(given);
      if (fault) throw new Failure(2, `${fault}: leave out --severity, or say P1.`);
      return isId(title) ? declareOf(title, text.join(' '), given, tools) : open(title, text.join(' '), given, tools);
    });

  program
    .command('workaround')
    .description('Report if people have another way to do what fails')
    .argument('<id>', ID, incident)
    .argument('<yes|no>', 'yes if there is one', yesOrNo)
    .argument('[text...]', 'what it is')
    .action((id: string, workaround: boolean, text: string[]) => declareOf(id, text.join(' '), { workaround }, tools));
}

async function open(
  title: string,
  text: string,
  declaration: Declaration,
  { send, printResult }: Tools,
): Promise<void> {
  if (title.length > TITLE)
    throw new Failure(2, `The title has ${title.length} characters, ${TITLE} at most: say the rest after it.`);
  const answer = await send({ do: 'open', title, ...(text ? { text } : {}), ...declaration });
  const { id, severity: level, openedAt = '', policy } = answer.incident ?? {};
  const minutes = policy?.severities.P4.responseMinutes ?? 0;
  const due = level === 'P4' ? ` An answer is due by ${dateTime(plusMinutes(openedAt, minutes))}.` : '';
  printResult(answer, `${id} is open, ${level}.${due}`);
}

async function declareOf(
  given: string,
  text: string,
  declaration: Declaration,
  { send, printResult }: Tools,
): Promise<void> {
  const id = incident(given);
  if (Object.keys(declaration).length === 0)
    throw new Failure(2, 'Nothing to declare: use --data-loss, --security-breach, --severity or --workaround.');
  if ((declaration.dataLoss || declaration.securityBreach) && !text)
    throw new Failure(2, 'Describe after the incident id what is known.');
  const act = { type: 'declare', ...(text ? { text } : {}), ...declaration } as const;
  const answer = await send({ do: 'act', incident: id, act });
  printResult(answer, `${id}: declared. It is a ${answer.incident?.severity}.`);
}
