import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unfitForCustomers } from '../../../lambda/domain/communication/customer-text.ts';

const CONFIGURED = { internalNames: ['mockupaws-production', 'shop-db-1', 'orders_replica'] };
const reason = (text: string) => unfitForCustomers(text, CONFIGURED);

/** Made up by their issuers' formats, and put together here so that no scanner takes this file for a leak. */
const joined = (...parts: string[]) => parts.join('');
const SECRETS = {
  'an access key of AWS': joined('AKIA', 'QWERTYUIOPASDFGH'),
  'a session key of AWS': joined('ASIA', 'QWERTYUIOPASDFGH'),
  'a secret key of AWS': joined('aws_secret_access_key = wJalrXUtnFEMI', 'K7MDENGbPxRfiCYzzzzzzzzzzzz'),
  'a secret key alone': joined('wJalrXUtnFEMIK7M', 'DENGbPxRfiCYzzz5zzzzzzzz'),
  'a private key': joined('-----BEGIN RSA PRIV', 'ATE KEY-----\nMIIEpAIBAAKCAQEA0'),
  'a key of OpenSSH': joined('-----BEGIN OPENSSH PRIV', 'ATE KEY-----'),
  'a token of GitHub': joined('gh', 'p_wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx'),
  'a token of GitLab': joined('gl', 'pat-AbCdEfGh1234567890xy'),
  'a token of Slack': joined('xo', 'xb-123456789012-1234567890123-AbCdEfGhIjKlMnOp'),
  'a webhook of Slack': joined('https://hooks.sl', 'ack.com/services/T000/B000/XXXX'),
  'a key of Stripe': joined('sk_', 'live_4eC39HqLyjWDarjtT1zdp7dc'),
  'a key of Google': joined('AI', 'zaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe'),
  'a token of npm': joined('np', 'm_abcdefghijklmnopqrstuvwxyz0123456789'),
  'a JSON web token': joined('ey', 'JhbGciOiJIUzI1NiJ9.ey', 'JzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmN'),
  'a connection string': 'postgres://admin:hunter2@db/shop',
  'another connection string': 'Server=db;Database=shop;User Id=sa;Password=hunter;',
  'a URL with a password': 'https://ada:hunter@example.com/',
  'a URL with a signature': 'https://b.example.com/a?X-Amz-Algorithm=AWS4&X-Amz-Signature=0123abc',
  'a URL with a token': 'https://example.com/reset?token=Zm9vYmFy',
  'a header': 'Authorization: Bearer abcdef0123456789',
  'a password': 'the password is hunter2!',
  'a password after a colon': 'password: S3cret',
  'a password that is a word': 'login ada, password: swordfish',
  'a password in quotes': "its password is 'swordfish'",
  'a variable': 'DB_PASSWORD=swordfish',
  'a key of JSON': '{"api_key": "abc123def"}',
  'a hash': '5f4dcc3b5aa765d61d8327deb882cf99',
  'a PIN': 'use the PIN: 4711!',
};

const TELEPHONES = [
  ...['+49 30 1234567', '+1 (555) 010-9999', '+442079460000', '0049 170 1234567', '(030) 123456', '555-010-9999'],
  ...['030 1234567', 'call Ada at 1234567', 'her mobile is 0170/1234567'],
];

const INTERNAL = [
  ...['arn:aws:rds:eu-west-1:123456789012:db:x', 'account 123456789012', 'account 1234-5678-9012', 'on 10.0.3.17'],
  ...['ask ada@example.com', 'db.internal', 'localhost', 'db01:5432', 'i-0123456789abcdef0', 'vpc-0123abcd'],
  ...['mockupaws-production', 'SHOP-DB-1', 'orders_replica'],
];

/** As people write them in a chat at night. */
const INVISIBLE = ['\u200b', '\u00ad', '\u2060', '\u202e', '\u200d', '\ufeff', '\u{e0041}'];

describe('customers may not read', () => {
  test.each(Object.entries(SECRETS))('%s', (_, secret) => {
    for (const text of [secret, `We fixed it. ${secret}`, `It was\n${secret}\nall along`])
      expect(reason(text), text).toMatch(/^a password or key \(".{1,4}…"\)$/s);
  });

  test.each(TELEPHONES)('the telephone number %s', number => {
    expect(reason(`Questions? ${number} helps`)).toMatch(/^the telephone number/);
  });

  test.each(INTERNAL)('%s', name => {
    expect(reason(`We look at ${name} now`)).toMatch(/^"/);
  });

  test('any of it with characters that nobody sees', () => {
    const hidden = fc.constantFrom(...Object.values(SECRETS), ...INTERNAL, ...TELEPHONES);
    fc.assert(
      fc.property(hidden, fc.constantFrom(...INVISIBLE), fc.nat(), (text, unseen, at) => {
        const place = at % (text.length + 1);
        expect(reason(`${text.slice(0, place)}${unseen}${text.slice(place)}`)).toBeDefined();
      }),
    );
  });

  test('any of it in characters that look the same', () => {
    const full = (text: string) =>
      text.replace(/[!-~]/g, letter => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0));
    for (const text of [...Object.values(SECRETS), ...INTERNAL, ...TELEPHONES])
      expect(reason(full(text)), text).toBeDefined();
    for (const text of ['ѕhор-db-1', 'shop‑db‑1', 'shóp-db-1', 'mоckupaws–productiοn', 'ＳＨＯＰ-db-1'])
      expect(reason(text), text).toMatch(/^"/);
  });

  test('anything random of any length, whatever stands around it', () => {
    const letters = fc.string({
      unit: fc.constantFrom(...'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'),
      minLength: 24,
      maxLength: 60,
    });
    fc.assert(
      fc.property(letters, token => {
        fc.pre(/[a-z]/.test(token) && /[A-Z]/.test(token) && /\d.*\d/.test(token));
        expect(reason(`key ${token}.`)).toBeDefined();
      }),
    );
  });
});

describe('customers may read', () => {
  test.each([
    'We are investigating failing API requests.',
    'Since 09:31 UTC, 38 % of 1,722 requests fail. It is fixed by 10:00:00.',
    'Some customers cannot log in. Your password is safe, and nobody needs to change it.',
    'Password resets are delayed: mails arrive up to 20 minutes late.',
    'The password reset page is not working. We are on it.',
    'Two-factor codes by SMS arrive late. Codes from an app work.',
    'Access tokens issued before 08:00 UTC have expired: sign in again.',
    'API keys can be created again. Keys that exist were never affected.',
    'Webhooks are delayed by up to 5 minutes; none is lost.',
    'Checkout is slow. Orders are taken, and cards are charged once.',
    'We have found the cause: a database ran out of connections. We are adding capacity.',
    'The fix is in place. We are watching it, and write again by 11:30 UTC.',
    'Everything is working normally again. We are sorry for the trouble.',
    'This affects the EU region only. US and Asia are working normally.',
    'Version 1.2.3 is out, and 2.0.0-beta.4 follows on 2026-03-02.',
    'Incident INC-2026-04-07-001 lasted 1 h 12 min, from 09:31 to 10:43 UTC.',
    'Between 2026-03-02 09:31 UTC and 2026-03-02 10:43 UTC, exports failed.',
    'About 12,000 of 1,250,000 users (0.96 %) were affected.',
    'Response times are at 350 ms, down from 2,400 ms.',
    'We rolled back the release of this morning (build 20260302).',
    'See https://status.example.com/incidents/INC-2026-04-07-001.html for updates.',
    'Read more: https://example.com/blog/2026/03/what-happened-on-monday?utm_source=status',
    'A supplier of ours has trouble. Payments by card are declined at times; PayPal works.',
    'Scheduled maintenance on Sunday, 02:00-04:00 UTC: the service is read only.',
    'Search results may be up to 15 minutes old. No data is lost.',
    'Uploads of more than 100 MB fail with error 413. Smaller ones work.',
    'Some requests are answered with 502 or 503. Please try again.',
    'The mobile app for iOS 18.1 and Android 15 shows an error at start.',
    'E-mail notifications are late. They are delivered in order, none twice.',
    'As a workaround, use the old export: Settings > Data > Export.',
    'No data was lost, and nobody else has seen your data.',
    'We will publish what we learned within 5 working days.',
    'Our secret is no secret: more servers than yesterday.',
    'Reports for Q1 2026 are being computed again; they are complete by 14:00 UTC.',
    'Orders 100200 to 100350 were shown twice and charged once.',
    'Call quality in meetings is reduced. Calls are connected.',
    'Text messages to numbers in France are delayed by 10 to 15 minutes.',
    'La connexion est de nouveau possible. Merci de votre patience.',
    'Die Störung ist behoben. Bitte laden Sie die Seite neu.',
    'ログインできない問題は解決しました。',
    'The token refresh is: slow but working. Credentials are: unaffected.',
    'Users on 4G/5G see time-outs; Wi-Fi works. 🙏',
  ])('%s', text => {
    expect(reason(text)).toBeUndefined();
  });
});
