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

Ends with 0 when it was done, 1 when it was refused or is not there, 2 when it was called wrongly, 3 when AWS could not
be reached or said no, 4 when alarms are red and nobody has confirmed that it is over all the same. Times are UTC. A text that begins with a hyphen goes after --. NO_COLOR leaves out colours.
docs/operations.md tells which permissions you need, and what to do in the night.`;

/** The answer. @throws Failure when it is a refusal. */
function accepted(answer: CommandAnswer): CommandAnswer {
  if (answer.refused) throw new Failure(1, answer.refused);
  return answer;
}

/** The commands of the command line. */
export function commands(): Command {
  const program = new Command('incident')
    .description('Answers incidents: who may is a matter of IAM, what is done is written into the incident.')
    .option('--as <name>', 'whom the timeline names; by default you, as AWS knows you')
    .option(
      '--service <name>',
      'the service, as its file in config/ names it; by default the only one there (INCIDENT_SERVICE)',
    )
    .option('--json', 'print one JSON document')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(npx incident --help explains)')
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
    print(answer, answer.happened?.length === 0 ? `${answer.incident?.id}: it was so already.` : text);
  const act = async (id: string, action: Act, done: string) =>
    printResult(await send({ do: 'act', incident: id, act: action }), `${id}: ${done}`);

  program
    .command('list')
    .description('the open incidents')
    .option('--closed', 'and the last of each playbook that is over')
    .option('--month <month>', 'instead, every incident opened in a month, as 2026-01', month)
    .action(async (options: { closed?: boolean; month?: string }) => {
      const answer = await send({ do: 'list', ...options });
      const none = options.month ? `No incident was opened in ${options.month}.` : 'No incident is open.';
      const { incidents = [], unreadable = [] } = answer;
      print(answer, [list(incidents, none), ...unreadable.map(reason => `Not shown: ${reason}`)].join('\n'));
    });

  program
    .command('report')
    .description('the figures of the incidents opened in a month: times, targets kept, automation')
    .option('--month <month>', 'as 2026-01; by default this month so far', month)
    .action(async (options: { month?: string }) => {
      const answer = await send({ do: 'report', ...options });
      if (answer.report) print(answer, report(answer.report));
    });

  program
    .command('show')
    .description('one incident at a glance')
    .argument('<id>', ID, incident)
    .option('--all', 'its whole timeline')
    .action(async (id: string, { all }: { all?: boolean }) => {
      const answer = await send({ do: 'show', incident: id, ...(all ? { events: MOST_EVENTS } : {}) });
      const { timeline = [] } = answer;
      if (answer.incident) print(answer, show({ ...answer.incident, timeline }, { all }));
    });

  program
    .command('ack')
    .description('acknowledge: nobody else is called while it holds')
    .argument('<id>', ID, incident)
    .action(async (id: string) => {
      const answer = await send({ do: 'act', incident: id, act: { type: 'acknowledge' } });
      const until = answer.incident?.acknowledged?.until.slice(11, 16);
      printResult(answer, `${id}: acknowledged until ${until} UTC. If it is still open then, people are called anew.`);
    });

  program
    .command('unack')
    .description('withdraw the acknowledgement: people are called again at once')
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
      .description(`${name} the step that awaits an answer`)
      .argument('<id>', ID, incident)
      .argument('[step]', 'the step you mean; by default the one that awaits an answer')
      .action(async (id: string, given: string | undefined) => {
        const opened = client();
        const step = given ?? (await send({ do: 'show', incident: id }, opened)).incident?.approval?.step;
        if (!step) throw new Failure(1, `${id} awaits no approval`);
        const answer = await send({ do: 'act', incident: id, act: { type: 'answer approval', step, approve } }, opened);
        printResult(answer, `${id}: ${step} is ${name}d.`);
      });

  program
    .command('note')
    .description('write into the incident log')
    .argument('<id>', ID, incident)
    .argument('<text...>', 'what is to be remembered')
    .action((id: string, text: string[]) => act(id, { type: 'note', text: text.join(' ') }, 'noted.'));

  program
    .command('command')
    .description('take command of the incident')
    .argument('<id>', ID, incident)
    .action((id: string) => act(id, { type: 'take command' }, 'you are in command.'));

  program
    .command('severity')
    .description('set the severity; automation raises it again only if it finds worse')
    .argument('<id>', ID, incident)
    .argument('<severity>', SEVERITIES.join(', '), severity)
    .option('--reason <text>', 'why')
    .addHelpText('after', () => `\n${severities()}`)
    .action((id: string, level: ReturnType<typeof severity>, { reason }: { reason?: string }) =>
      act(id, { type: 'set severity', severity: level, ...(reason ? { reason } : {}) }, `${level}.`),
    );

  program
    .command('tick')
    .description("tick a line of the incident's checklist")
    .argument('<id>', ID, incident)
    .argument('<item>', ITEMS.join(', '), item)
    .action((id: string, line: (typeof ITEMS)[number]) => act(id, { type: 'tick', item: line }, `${line} ticked.`));

  program
    .command('publish')
    .description('let customers know: on the status page, and by mail to those who subscribed')
    .argument('<id>', ID, incident)
    .option(
      '--component <ids...>',
      'what is affected, as statusPage.components names it; by default what the playbook affects',
    )
    .option('--no', 'say no to the question: they are not told, and nobody is asked any more')
    .action((id: string, { component, no }: { component?: string[]; no?: boolean }) =>
      no
        ? act(id, { type: 'withhold' }, 'customers are not told.')
        : act(
            id,
            { type: 'publish', ...(component ? { components: component } : {}) },
            'customers are told from now on.',
          ),
    );

  program
    .command('update')
    .description('tell how it stands, in your words: stakeholders, and customers if it is published')
    .argument('<id>', ID, incident)
    .argument('<text...>', 'what they are to know')
    .option('--internal', 'tell stakeholders alone')
    .action(async (id: string, text: string[], { internal }: { internal?: boolean }) => {
      const action = { type: 'post update', text: text.join(' '), ...(internal ? { internal } : {}) } as const;
      const answer = await send({ do: 'act', incident: id, act: action });
      const next = answer.incident?.told.stakeholders?.nextAt?.slice(11, 16);
      const customers = answer.happened?.length === 2 ? ' and customers' : '';
      printResult(answer, `${id}: stakeholders${customers} are told. The next update is due by ${next} UTC.`);
    });

  program
    .command('revert')
    .description('take back the change of a step, whatever it relieves')
    .argument('<id>', ID, incident)
    .argument('<step>', 'the step, as `show` names it')
    .action((id: string, step: string) => act(id, { type: 'revert', step }, `${step} is being reverted.`));

  program
    .command('resolve')
    .description('declare it over; what automation changed is put back first')
    .argument('<id>', ID, incident)
    .argument('<reason...>', 'what was wrong, and what helped')
    .option('--cancelled', 'it was none: no figure counts it, and nothing is reviewed')
    .option('--while-red', 'do not ask, although alarms are red')
    .action(async (id: string, reason: string[], options: { cancelled?: true; whileRed?: true }) => {
      const action = { type: 'resolve', reason: reason.join(' '), ...options } as const;
      const opened = await client();
      const first = await opened.ask({ do: 'act', incident: id, act: action });
      if (first.confirm) await confirmRed(`${id}: ${first.refused}`);
      const again = { do: 'act', incident: id, act: { ...action, whileRed: true } } as const;
      const answer = first.confirm ? await send(again, Promise.resolve(opened)) : accepted(first);
      const over = answer.happened?.includes('Resolved');
      const later = 'it is resolved once what automation changed is put back. Asked again, at once, as it stands.';
      printResult(answer, `${id}: ${over ? 'resolved.' : later}`);
    });

  program
    .command('reopen')
    .description('it is back: goes on in a new incident that names the one before')
    .argument('<id>', ID, incident)
    .argument('<reason...>', 'what is seen')
    .action(async (id: string, reason: string[]) => {
      const answer = await send({ do: 'reopen', incident: id, reason: reason.join(' ') });
      printResult(answer, `${id} goes on in ${answer.incident?.id}.`);
    });

  program
    .command('merge')
    .description('it is the same trouble as another: goes on in that one, which takes over what is known')
    .argument('<id>', ID, incident)
    .argument('<into>', 'the incident in which it goes on', incident)
    .action(async (id: string, into: string) => {
      printResult(await send({ do: 'merge', incident: id, into }), `${id} goes on in ${into}.`);
    });

  addDeclare(program, { send, printResult, print, client });
  addReview(program, { send, printResult, print, client });
  addMaintenance(program, { send, printResult, print, client });

  program
    .command('playbooks')
    .description('what is detected, with its alarms')
    .action(async () => {
      const answer = await send({ do: 'playbooks' });
      print(answer, playbooks(answer.playbooks ?? []));
    });

  program
    .command('drill')
    .description('set off an alarm of a playbook: all is real and marked [DRILL], runbooks run dry')
    .argument('<playbook>', 'as npx incident playbooks names it')
    .option('--alarm <name>', 'which of its alarms; by default the first critical one')
    .option('--yes', 'do not ask first')
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
    .description('confirm the subscription of an e-mail address, so that no mail scanner can end it')
    .argument('<link>', "the link of SNS's e-mail, quoted: copied, not followed")
    .action(async (link: string) => {
      const subscription = await (await client()).confirm(link);
      print({ subscription }, `Confirmed: ${subscription}`);
    });

  program
    .command('subscribe')
    .description('ask anew whoever should be subscribed and is not: SNS forgets what nobody confirms in two days')
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
  if (!playbook) throw new Failure(1, `There is no playbook ${name}. There is: ${known.map(p => p.name).join(', ')}`);
  const alarms = Object.keys(playbook.alarms);
  const chosen = alarm ?? alarms.find(key => playbook.alarms[key] === 'critical') ?? alarms[0];
  if (!chosen || !alarms.includes(chosen))
    throw new Failure(1, `${playbook.name} has no alarm ${chosen}. It has: ${alarms.join(', ')}`);
  const open = (await ask({ do: 'list' })).incidents?.find(i => i.playbook === playbook.name);
  if (open) throw new Failure(1, `${open.id} of ${playbook.name} is open: no drill while it is`);
  return chosen;
}

/** Leaves out the policy of an incident, which is long and does not change. */
const withoutPolicy = (key: string, value: unknown) => (key === 'policy' ? undefined : value);
