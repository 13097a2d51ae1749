import { Command } from 'commander';
import { MOST_EVENTS } from '../../lambda/domain/incident/history.ts';
import { DRILL } from '../../lambda/domain/incident/signal.ts';
import { SEVERITIES } from '../../lambda/domain/kernel/severity.ts';
import type { Act, CommandAnswer } from '../../lambda/inbound/command-request.ts';
import { complain, printJson, print as printText } from '../terminal.ts';
import { ID, ITEMS, incident, item, month, severity } from './arguments.ts';
import { Client, type ClientRequest } from './client.ts';
import { confirmed, confirmRed } from './confirm.ts';
import { addDeclare } from './declare.ts';
import { Failure } from './failure.ts';
import { addMaintenance } from './maintenance.ts';
import { report } from './report.ts';
import { addReview } from './review.ts';
import { serviceOf } from './service.ts';
import { list, playbooks, severities, show } from './show.ts';

interface Options {
  as?: string;
  service?: string;
  json?: boolean;
}

const EXAMPLES = `
Examples:
  npx incident list
  npx incident ack INC-2026-01-31-001
  npx incident approve INC-2026-01-31-001
  npx incident note INC-2026-01-31-001 looking at the export job
  npx incident update INC-2026-01-31-001 we have stopped the export, and watch
  npx incident resolve INC-2026-01-31-001 export job stopped, pool drained
  npx incident merge INC-2026-01-31-002 INC-2026-01-31-001
  npx incident declare "Customers are charged twice" --severity P2
  npx incident post-mortem INC-2026-01-31-001
  npx incident drill DatabaseConnections
  npx incident maintenance start 2h database upgrade
  npx incident report --month 2026-01

Exit codes: 0 done, 1 refused or not found, 2 wrong usage, 3 AWS not reached or access denied, 4 alarms are red and nobody
confirmed. Times are in UTC. Put a text that begins with a hyphen after --. NO_COLOR=1 turns colors off.
See docs/operations.md for permissions and for what to do at night.`;

/** The answer. @throws Failure when it is a refusal. */
function accepted(answer: CommandAnswer): CommandAnswer {
  if (answer.refused) throw new Failure(1, answer.refused);
  return answer;
}

/** The commands of the command line. */
export function commands(): Command {
  const program = new Command('incident')
    .description('Respond to incidents. Access is controlled by IAM; every action is recorded.')
    .option('--as <name>', 'your name in the timeline (default: your AWS identity)')
    .option('--service <name>', 'the service, as in config/ (default: INCIDENT_SERVICE, or the only one configured)')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(see npx incident --help)')
    .configureOutput({
      writeOut: text => printText(text.trimEnd()),
      writeErr: text => complain(text.trimEnd()),
    })
    .exitOverride();

  const client = async () => {
    const { as, service = process.env['INCIDENT_SERVICE'] } = program.opts<Options>();
    return new Client({ ...(await serviceOf(service)), as });
  };
  const print = (answer: unknown, text: string) =>
    program.opts<Options>().json ? printJson(answer, withoutPolicy) : printText(text);

  /** @throws Failure when the request was refused. */
  const send = async (request: ClientRequest, opened = client()): Promise<CommandAnswer> => {
    return accepted(await (await opened).ask(request));
  };
  const printResult = (answer: CommandAnswer, text: string) =>
    print(answer, answer.happened?.length === 0 ? `${answer.incident?.id}: no change.` : text);
  const act = async (id: string, action: Act, done: string) =>
    printResult(await send({ do: 'act', incident: id, act: action }), `${id}: ${done}`);

  program
    .command('list')
    .description('List open incidents')
    .option('--closed', 'also list the latest resolved incident of each playbook')
    .option('--month <month>', 'list all incidents opened in a month, e.g. 2026-01', month)
    .action(async (options: { closed?: boolean; month?: string }) => {
      const answer = await send({ do: 'list', ...options });
      const none = options.month ? `No incident was opened in ${options.month}.` : 'No incident is open.';
      const { incidents = [], unreadable = [] } = answer;
      print(answer, [list(incidents, none), ...unreadable.map(reason => `Not shown: ${reason}`)].join('\n'));
    });

  program
    .command('report')
    .description('Show the figures of a month: response times, targets met, automation')
    .option('--month <month>', 'e.g. 2026-01 (default: this month so far)', month)
    .action(async (options: { month?: string }) => {
      const answer = await send({ do: 'report', ...options });
      if (answer.report) print(answer, report(answer.report));
    });

  program
    .command('show')
    .description('Show an incident: what is wrong, what was found, what was done')
    .argument('<id>', ID, incident)
    .option('--all', 'show the whole timeline')
    .action(async (id: string, { all }: { all?: boolean }) => {
      const answer = await send({ do: 'show', incident: id, ...(all ? { events: MOST_EVENTS } : {}) });
      const { timeline = [] } = answer;
      if (answer.incident) print(answer, show({ ...answer.incident, timeline }, { all }));
    });

  program
    .command('ack')
    .description('Acknowledge an incident: nobody else is paged while the acknowledgement lasts')
    .argument('<id>', ID, incident)
    .action(async (id: string) => {
      const answer = await send({ do: 'act', incident: id, act: { type: 'acknowledge' } });
      const until = answer.incident?.acknowledged?.until.slice(11, 16);
      printResult(answer, `${id}: acknowledged until ${until} UTC. If it is still open then, people are called anew.`);
    });

  program
    .command('unack')
    .description('Withdraw the acknowledgement: people are paged again at once')
    .argument('<id>', ID, incident)
    .argument('[reason...]', 'why')
    .action((id: string, reason: string[]) =>
      act(
        id,
        { type: 'withdraw acknowledgement', ...(reason.length > 0 ? { reason: reason.join(' ') } : {}) },
        'the acknowledgement is withdrawn. People are called again.',
      ),
    );

  for (const [name, approve] of [
    ['approve', true],
    ['decline', false],
  ] as const)
    program
      .command(name)
      .description(`${approve ? 'Approve' : 'Decline'} the step that awaits approval`)
      .argument('<id>', ID, incident)
      .argument('[step]', 'the step (default: the one that awaits approval)')
      .action(async (id: string, given: string | undefined) => {
        const opened = client();
        const step = given ?? (await send({ do: 'show', incident: id }, opened)).incident?.approval?.step;
        if (!step) throw new Failure(1, `${id}: no step awaits approval`);
        const answer = await send({ do: 'act', incident: id, act: { type: 'answer approval', step, approve } }, opened);
        printResult(answer, `${id}: ${step} is ${name}d.`);
      });

  program
    .command('note')
    .description('Add a note to the timeline')
    .argument('<id>', ID, incident)
    .argument('<text...>', 'the note')
    .action((id: string, text: string[]) => act(id, { type: 'note', text: text.join(' ') }, 'noted.'));

  program
    .command('command')
    .description('Take command of an incident')
    .argument('<id>', ID, incident)
    .action((id: string) => act(id, { type: 'take command' }, 'you are in command.'));

  program
    .command('severity')
    .description('Set the severity; automation raises it again only if it measures something worse')
    .argument('<id>', ID, incident)
    .argument('<severity>', SEVERITIES.join(', '), severity)
    .option('--reason <text>', 'why')
    .addHelpText('after', () => `\n${severities()}`)
    .action((id: string, level: ReturnType<typeof severity>, { reason }: { reason?: string }) =>
      act(id, { type: 'set severity', severity: level, ...(reason ? { reason } : {}) }, `${level}.`),
    );

  program
    .command('tick')
    .description('Tick an item of the checklist')
    .argument('<id>', ID, incident)
    .argument('<item>', ITEMS.join(', '), item)
    .action((id: string, line: (typeof ITEMS)[number]) => act(id, { type: 'tick', item: line }, `${line} ticked.`));

  program
    .command('publish')
    .description('Publish an incident to the status page and e-mail subscribers')
    .argument('<id>', ID, incident)
    .option(
      '--component <ids...>',
      'the affected components, as in statusPage.components (default: those of the playbook)',
    )
    .option('--no', 'do not publish, and do not ask again')
    .action((id: string, { component, no }: { component?: string[]; no?: boolean }) =>
      no
        ? act(id, { type: 'withhold' }, 'not published.')
        : act(
            id,
            { type: 'publish', ...(component ? { components: component } : {}) },
            'published to the status page.',
          ),
    );

  program
    .command('update')
    .description('Post an update in your own words to stakeholders, and to customers if the incident is published')
    .argument('<id>', ID, incident)
    .argument('<text...>', 'the update')
    .option('--internal', 'send the update to stakeholders only')
    .action(async (id: string, text: string[], { internal }: { internal?: boolean }) => {
      const action = { type: 'post update', text: text.join(' '), ...(internal ? { internal } : {}) } as const;
      const answer = await send({ do: 'act', incident: id, act: action });
      const next = answer.incident?.told.stakeholders?.nextAt?.slice(11, 16);
      const customers = answer.happened?.length === 2 ? ' and customers' : '';
      printResult(answer, `${id}: update sent to stakeholders${customers}. The next update is due by ${next} UTC.`);
    });

  program
    .command('revert')
    .description('Revert the change of a step, even if it still helps')
    .argument('<id>', ID, incident)
    .argument('<step>', 'the step, as `npx incident show` names it')
    .action((id: string, step: string) => act(id, { type: 'revert', step }, `${step} is being reverted.`));

  program
    .command('resolve')
    .description('Resolve an incident; temporary changes of automation are reverted first')
    .argument('<id>', ID, incident)
    .argument('<reason...>', 'what was wrong and what helped')
    .option('--cancelled', 'false alarm: excluded from reports and reviews')
    .option('--while-red', 'do not ask for confirmation while alarms are red')
    .action(async (id: string, reason: string[], options: { cancelled?: true; whileRed?: true }) => {
      const action = { type: 'resolve', reason: reason.join(' '), ...options } as const;
      const opened = await client();
      const first = await opened.ask({ do: 'act', incident: id, act: action });
      if (first.confirm) await confirmRed(`${id}: ${first.refused}`);
      const again = { do: 'act', incident: id, act: { ...action, whileRed: true } } as const;
      const answer = first.confirm ? await send(again, Promise.resolve(opened)) : accepted(first);
      const over = answer.happened?.includes('Resolved');
      const later =
        'resolved as soon as the changes of automation are reverted. Run the command again to resolve it now, as it stands.';
      printResult(answer, `${id}: ${over ? 'resolved.' : later}`);
    });

  program
    .command('reopen')
    .description('Reopen a resolved incident as a new one that refers to it')
    .argument('<id>', ID, incident)
    .argument('<reason...>', 'what you see')
    .action(async (id: string, reason: string[]) => {
      const answer = await send({ do: 'reopen', incident: id, reason: reason.join(' ') });
      printResult(answer, `${id} continues as ${answer.incident?.id}.`);
    });

  program
    .command('merge')
    .description('Merge an incident into another one with the same cause')
    .argument('<id>', ID, incident)
    .argument('<into>', 'the incident that continues', incident)
    .action(async (id: string, into: string) => {
      printResult(await send({ do: 'merge', incident: id, into }), `${id} is merged into ${into}.`);
    });

  addDeclare(program, { send, printResult, print, client });
  addReview(program, { send, printResult, print, client });
  addMaintenance(program, { send, printResult, print, client });

  program
    .command('playbooks')
    .description('List the playbooks with their alarms')
    .action(async () => {
      const answer = await send({ do: 'playbooks' });
      print(answer, playbooks(answer.playbooks ?? []));
    });

  program
    .command('drill')
    .description(
      'Start a drill: set off an alarm. People are paged; messages are marked [DRILL]; runbooks change nothing',
    )
    .argument('<playbook>', 'the playbook, as `npx incident playbooks` lists it')
    .option('--alarm <name>', 'the alarm to set off (default: the first critical one)')
    .option('--yes', 'do not ask for confirmation')
    .action(async (name: string, { alarm, yes }: { alarm?: string; yes?: boolean }) => {
      const opened = await client();
      const chosen = await choose(name, alarm, request => send(request, Promise.resolve(opened)));
      const service = opened.service;
      if (!yes && !(await confirmed(`Set off ${chosen}? People of ${service} are called, marked ${DRILL}. [y/N] `)))
        throw new Failure(1, 'Nothing was done.');
      await opened.setOff(chosen, `${DRILL} set off by ${await opened.callerName()} with npx incident drill`);
      print({ alarm: chosen, drill: true }, `${chosen} is set off. Within a minute: npx incident list`);
    });

  program
    .command('confirm')
    .description('Confirm the subscription of an e-mail address so that mail scanners cannot cancel it')
    .argument('<link>', 'the link in the e-mail of SNS, in quotes; copy it, do not open it')
    .action(async (link: string) => {
      const subscription = await (await client()).confirm(link);
      print({ subscription }, `Confirmed: ${subscription}`);
    });

  program
    .command('subscribe')
    .description('Send the confirmation e-mail again to everybody who should be subscribed and is not')
    .action(async () => {
      const { offered } = await (await client()).subscribe();
      const lines = offered.map(({ person, protocol, topic }) => `${person}, ${protocol}, ${topic}`);
      print({ offered }, lines.length > 0 ? `Asked to confirm:\n${lines.join('\n')}` : 'Everybody is subscribed.');
    });

  return program;
}

/** The alarm to set off. @throws Failure when there is no such alarm, or when an incident of its playbook is open. */
async function choose(
  name: string,
  alarm: string | undefined,
  ask: (request: ClientRequest) => Promise<CommandAnswer>,
): Promise<string> {
  const { playbooks: known = [] } = await ask({ do: 'playbooks' });
  const playbook = known.find(p => p.name.toLowerCase() === name.toLowerCase());
  if (!playbook) throw new Failure(1, `Playbook ${name} not found. Playbooks: ${known.map(p => p.name).join(', ')}`);
  const alarms = Object.keys(playbook.alarms);
  const chosen = alarm ?? alarms.find(key => playbook.alarms[key] === 'critical') ?? alarms[0];
  if (!chosen || !alarms.includes(chosen))
    throw new Failure(1, `Alarm ${chosen} not found. Alarms of ${playbook.name}: ${alarms.join(', ')}`);
  const open = (await ask({ do: 'list' })).incidents?.find(i => i.playbook === playbook.name);
  if (open) throw new Failure(1, `${open.id} of ${playbook.name} is open: resolve it before a drill`);
  return chosen;
}

/** Leaves out the policy of an incident, which is long and does not change. */
const withoutPolicy = (key: string, value: unknown) => (key === 'policy' ? undefined : value);
