import type { RehearsalWorld } from '../world/world.ts';
import { HEALTHY, NO_DEAD_LETTERS, ONE_INCIDENT, RESOLVED } from './expectations.ts';
import { ran } from './of-playbook.ts';
import type { Expectation, Scenario } from './scenario.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

const entries = (world: RehearsalWorld, type: string) =>
  [...world.incidents.values()].flatMap(({ timeline }) => timeline.filter(entry => entry.type === type));
const handedOver = (world: RehearsalWorld) => entries(world, 'HandedOver').length > 0;
const NOBODY_IS_WOKEN: Expectation = {
  expectation: 'people are told, and nobody is woken',
  holds: ({ topics: { messages } }) => messages.length > 0 && messages.every(({ channel }) => channel === 'email'),
};

const ADVISED: Expectation = {
  expectation: 'what remains to be done is told with it',
  holds: world =>
    entries(world, 'ActionItemRaised').length === 1 &&
    world.topics.messages.some(({ body }) => body.includes('renews by itself')),
};

const EVERYBODY_CONNECTS: Expectation = {
  expectation: 'everybody can connect, all the time',
  holds: ({ service }) =>
    service.answers('mockupaws.com') && service.certificates.refusal('mockupaws.com') === undefined,
};

/** The certificate grows old, and something is wrong with its renewal. */
const begin = ({ clock, account, service }: RehearsalWorld, change: string, days: number, fault: () => void) =>
  clock.after(2 * MINUTE, () => {
    account.emit('service', { change, fault: true });
    service.certificates.first.notAfter = clock.now + days * DAY;
    fault();
  });

/** The runbook's 5.4. ACM renews by itself while its records stand, so to put them back is all that it takes. */
export const certificateExpiry: Scenario = {
  name: 'certificate-expiry',
  title: 'A certificate is about to expire: its validation records are put back',
  story:
    'Somebody cleared the zone of records that seemed to be of no use: those by which ACM proves the names of the ' +
    'certificate. It has not been renewed since, and 30 days are left. The records are put back, and ACM renews it: ' +
    'within hours, here within minutes. What is served is new, and the incident is over.',
  inject: world =>
    begin(world, 'the certificate has 29 days left, and its validation records are gone', 29, () =>
      world.service.certificates.loseRecords(),
    ),
  minutes: 90,
  done: world => world.incidents.size > 0 && world.calm,
  expectations: [
    ONE_INCIDENT,
    ran('restore-validation-records'),
    RESOLVED,
    NOBODY_IS_WOKEN,
    ADVISED,
    HEALTHY,
    EVERYBODY_CONNECTS,
    NO_DEAD_LETTERS,
  ],
};

/** Nobody is left to answer ACM's e-mail: another certificate is requested, and a person decides to serve it. */
export const certificateReplaced: Scenario = {
  name: 'certificate-expiry-replaced',
  title: 'A certificate is about to expire and cannot renew: a new one is requested',
  story:
    'The certificate is proven by e-mail, and nobody reads the mailbox any more: it cannot renew by itself. A new one for ' +
    'the same names is requested, proven by DNS, and issued. To change what everybody connects through needs approval: ' +
    'there is time, so the question stays open for days, and nobody is woken for it.',
  inject: world =>
    begin(world, 'the certificate has 20 days left, and nobody answers the e-mail of its renewal', 20, () => {
      world.service.certificates.first.validation = 'EMAIL';
    }),
  minutes: 90,
  done: () => false,
  expectations: [
    ONE_INCIDENT,
    ran('request-replacement'),
    {
      expectation: 'a new certificate is issued, one and no more',
      holds: ({ service: { certificates } }) =>
        [...certificates.all.values()].map(({ status }) => status).join() === 'ISSUED,ISSUED',
    },
    {
      expectation: 'approval to serve it is asked for, and the question stays open for days',
      holds: world =>
        entries(world, 'ApprovalRequested')
          .map(
            ({ step, at, expiresAt }) =>
              `${step} for ${Math.floor((Date.parse(expiresAt) - Date.parse(at)) / DAY)} days`,
          )
          .join() === 'update-certificate for 12 days' && entries(world, 'ApprovalDeclined').length === 0,
    },
    { expectation: 'the incident is not resolved', holds: world => entries(world, 'Resolved').length === 0 },
    NOBODY_IS_WOKEN,
    EVERYBODY_CONNECTS,
    NO_DEAD_LETTERS,
  ],
};

/** Whoever imported a certificate chose its issuer: nothing is done by itself, and a person is told at once. */
export const certificateHandedOver: Scenario = {
  name: 'certificate-expiry-handed-over',
  title: 'An imported certificate is about to expire: a person takes over',
  story:
    'The certificate was bought elsewhere and imported, so ACM cannot renew it. Nothing is done by itself: whoever ' +
    'imported it chose its issuer. The diagnosis says so, and a person has 25 days.',
  inject: world =>
    begin(world, 'the certificate, which was imported, has 25 days left', 25, () => {
      world.service.certificates.first.type = 'IMPORTED';
    }),
  minutes: 60,
  done: handedOver,
  expectations: [
    ONE_INCIDENT,
    ran(),
    {
      expectation: 'the diagnosis says that it was imported',
      holds: world => JSON.stringify(entries(world, 'DiagnosisRecorded')).includes('imported, ACM cannot renew it'),
    },
    {
      expectation: 'the incident is handed over, not resolved',
      holds: world => handedOver(world) && entries(world, 'Resolved').length === 0,
    },
    NOBODY_IS_WOKEN,
    ADVISED,
    EVERYBODY_CONNECTS,
    NO_DEAD_LETTERS,
  ],
};
