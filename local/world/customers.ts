import type { Account, Distributions, Mail, ViewerResponse } from 'embedded-aws';

const MINUTE = 60_000;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Customers, who use their browsers and mail programs at the host of the status page. */
export class Customers {
  private readonly account: Account;
  private readonly distributions: Distributions;
  private readonly mail: Mail;

  constructor(account: Account, distributions: Distributions, mail: Mail) {
    this.account = account;
    this.distributions = distributions;
    this.mail = mail;
  }

  /** Types an address into the form of the status page, and presses its button. */
  async ask(email: string, ...components: string[]): Promise<void> {
    const fields = new URLSearchParams({ email });
    for (const component of components) fields.append('component', component);
    await this.visit('/subscribe', 'POST', String(fields));
  }

  /** Subscribes an address, and confirms by the mail that comes a minute later. */
  async subscribe(email: string, ...components: string[]): Promise<void> {
    await this.ask(email, ...components);
    this.account.clock.after(MINUTE, async () => {
      for (const url of this.linksTo(email)) {
        const opened = await this.open(url);
        if (opened.includes('<form method="post">')) await this.open(url, 'POST');
      }
    });
  }

  /** The links in what somebody got, in its text and in its headers. */
  linksTo(email: string): string[] {
    const got = this.mail.mails.filter(({ to }) => to === email);
    return got.flatMap(
      ({ body, headers }) => `${body} ${headers['List-Unsubscribe'] ?? ''}`.match(/https:[^\s<>]+/g) ?? [],
    );
  }

  /** Opens a link, or presses the button behind it, and gives the page. */
  async open(url: string, method: 'GET' | 'POST' = 'GET'): Promise<string> {
    if (this.mail.knows(url)) return this.mail.request(url, method);
    return String((await this.visit(new URL(url).pathname, method)).body);
  }

  private async visit(path: string, method: 'GET' | 'POST', body = ''): Promise<ViewerResponse> {
    const site = this.distributions.below('StatusPage');
    if (!site) throw new Error('the app has no status page');
    return this.distributions.answer(site, { method, path, search: '', headers: method === 'POST' ? FORM : {}, body });
  }
}
