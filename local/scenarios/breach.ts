import type { Entry, RehearsalWorld } from '../world/world.ts';
import { HEALTHY, IS_P1, NO_DEAD_LETTERS, ONE_INCIDENT, PAGED, RESOLVED } from './expectations.ts';
import { NOTHING_CHANGED } from './nothing-happens.ts';
import type { Expectation, Scenario } from './scenario.ts';

const MINUTE = 60_000;
const [ADA, CLEO] = ['ada@mockupaws.com', 'cleo@mockupaws.com'];
const STAKEHOLDERS = ['dora@mockupaws.com', 'emil@mockupaws.com', 'finn@mockupaws.com'];
const CUSTOMER = 'mia@customer.example';

const of = (world: RehearsalWorld, type: string): Entry[] =>
  [...world.incidents.values()].flatMap(({ timeline }) => timeline.filter(entry => entry.type === type));

/** Minutes from the declaration. */
const minutes = (world: RehearsalWorld, at = '') =>
  (Date.parse(at) - Date.parse(of(world, 'Declared')[0]?.at ?? '')) / MINUTE;

/** Every state of the page's components that anybody could have read, and the page as it is at the end. */
function componentsShown({ objects }: RehearsalWorld): string[] {
  const bucket = objects.named('StatusPage/Bucket');
  const key = 'api/v2/components.json';
  const versions = [...objects.formerly(bucket, key), objects.find(bucket, key)].filter(
    version => version !== undefined,
  );
  return versions.flatMap(({ body }) => {
    const { components } = JSON.parse(new TextDecoder().decode(body)) as { components: { status: string }[] };
    return components.map(({ status }) => status);
  });
}

/** The states of the days in the history of the components: a page of one day has no uptime yet. */
const daysShown = ({ objects }: RehearsalWorld) => {
  const page = objects.find(objects.named('StatusPage/Bucket'), 'index.html');
  return [...new TextDecoder().decode(page?.body).matchAll(/<li class="bar (\w+)/g)].map(([, state]) => state);
};

async function command(world: RehearsalWorld, by: string, asked: Record<string, unknown>): Promise<void> {
  const { refused } = await world.command({ by, via: 'command line', requestId: `${by}/${asked['do']}`, ...asked });
  if (refused) throw new Error(`${by} was refused: ${refused}`);
}

const STAKEHOLDERS_TOLD: Expectation = {
  expectation: 'stakeholders hear of the P1 within 15 minutes',
  holds: world =>
    STAKEHOLDERS.every(to =>
      world.topics.messages.some(
        mail => mail.to === to && /^\[INCIDENT\] P1 /.test(mail.subject ?? '') && minutes(world, mail.at) <= 15,
      ),
    ),
};

const ASKED: Expectation = {
  expectation: 'whether to publish is asked in a page: at once, again after 10 minutes, of the next level after 15',
  holds: world => {
    const asked = of(world, 'PublicationRequested').map(({ at, level, seq }) => {
      const to = of(world, 'PageSent').flatMap(page =>
        page['about'] === seq && page['urgency'] === 'page' ? [page['to']] : [],
      );
      return `${to.join()} of level ${level} after ${Math.floor(minutes(world, at) / 5) * 5}`;
    });
    return asked.join('; ') === 'ada of level 1 after 0; ada of level 1 after 10; cleo of level 2 after 15';
  },
};

const RELEASED: Expectation = {
  expectation: 'nothing is published before a person says yes',
  holds: world => {
    const [yes] = of(world, 'Published');
    return yes?.['by'] === 'cleo' && yes['via'] === 'link' && world.published.every(({ at }) => at > yes.at);
  },
};

const IN_ITS_OWN_WORDS: Expectation = {
  expectation: 'customers read of an investigation, and of nothing that was declared',
  holds: ({ published }) =>
    published.some(({ via }) => via === 'email') &&
    published.every(
      ({ incident, text }) => incident === 'Security investigation' && !/token|outage|apolog/i.test(text),
    ) &&
    published.some(({ text }) => text.startsWith('We are investigating a security matter')),
};

/** A breach of data, which no alarm can know: the service is well. */
export const breach: Scenario = {
  name: 'breach',
  title: 'A security breach is declared: asked before it is published, no outage shown',
  story:
    'Somebody finds a token of the service in a public repository, and declares a security breach in one command. The ' +
    'service is well. The on-call engineer takes it on, and leaves it open whether customers are to be told: the question ' +
    'climbs to the senior engineer, who says yes. The status page shows an investigation, and nothing as down.',
  inject: world => {
    const { account, clock, customers, people } = world;
    clock.after(0, () => customers.subscribe(CUSTOMER, 'api'));
    people.answer({ to: ADA, link: 'Acknowledge', after: 3, once: true });
    people.answer({ to: CLEO, link: 'Publish', after: 4, once: true });
    clock.after(2 * MINUTE, async () => {
      account.emit('service', { change: 'grace declares a security breach: the service is well', fault: true });
      await command(world, 'grace', {
        ...{ do: 'open', title: 'A token was published', text: 'it stands in a public repository' },
        ...{ securityBreach: true, workaround: false },
      });
    });
    clock.after(32 * MINUTE, () =>
      command(world, 'ada', {
        ...{ do: 'act', incident: [...world.incidents.keys()][0] },
        act: { type: 'resolve', reason: 'the token was revoked, and nobody had used it' },
      }),
    );
  },
  minutes: 60,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    ONE_INCIDENT,
    IS_P1,
    PAGED,
    STAKEHOLDERS_TOLD,
    ASKED,
    RELEASED,
    IN_ITS_OWN_WORDS,
    {
      expectation: 'no component is ever shown as down, and no day has an outage',
      holds: world =>
        componentsShown(world).every(status => status === 'operational') &&
        daysShown(world).includes('operational') &&
        daysShown(world).every(state => state === 'operational' || state === 'no_data'),
    },
    NOTHING_CHANGED,
    RESOLVED,
    HEALTHY,
    NO_DEAD_LETTERS,
  ],
};
