import type { Account, Objects, SentMail } from 'embedded-aws';

/** One thing that customers were told: an update on the status page, or a mail to one subscriber. */
export interface Publication {
  at: string;
  via: 'status page' | 'email';
  /** The incident's title, as customers see it. */
  incident: string;
  /** The status page's word, e.g. `investigating`. */
  status: string;
  text: string;
  /** The address that got the mail. */
  to?: string;
}

/** Programs read the status page here. */
const INCIDENTS = 'api/v2/incidents.json';

interface Shown {
  incidents: { name: string; shortlink: string; incident_updates: { id: string; status: string; body: string }[] }[];
}

/** Notes what customers were told, from what was written into the status page's bucket and what reached their mailboxes. */
export class Published {
  private readonly noted: Publication[] = [];
  /** By the link to the incident's own page, which mails contain. */
  private readonly titles = new Map<string, string>();
  private readonly known = new Set<string>();
  private readonly account: Account;

  constructor(account: Account, objects: Objects, mails: readonly SentMail[]) {
    this.account = account;
    objects.onPut(({ key, body }) => {
      if (key === INCIDENTS && body) this.read(JSON.parse(new TextDecoder().decode(body)));
    });
    account.listen(({ type }) => {
      const mail = type === 'customer mail' ? mails.at(-1) : undefined;
      if (mail) this.note(mail);
    });
  }

  /** In the order of time. A mail may arrive before the page is written that has the title. */
  get list(): Publication[] {
    return this.noted.map(publication => ({ ...publication, incident: this.titleOf(publication) }));
  }

  /** Tells each update once, when it can be read on the status page. */
  private read({ incidents }: Shown): void {
    for (const { name: incident, shortlink, incident_updates: newest } of incidents.toReversed()) {
      this.titles.set(shortlink, incident);
      for (const { id: update, status, body: text } of newest.toReversed()) {
        if (this.known.has(update)) continue;
        this.known.add(update);
        this.noted.push({ at: this.account.clock.iso, via: 'status page', incident, status, text });
        this.account.emit('status page', { update, status, name: incident, text });
      }
    }
  }

  /** A mail without a way to unsubscribe answers the reader's own request, and tells of no incident. */
  private note({ at, to, subject: incident, body: text, headers }: SentMail): void {
    if (!headers['List-Unsubscribe']) return;
    const status = (/^Status: (.+)$/m.exec(text)?.[1] ?? '').toLowerCase();
    this.noted.push({ at, via: 'email', incident, status, text, to });
  }

  private titleOf({ via, incident, text }: Publication): string {
    if (via === 'status page') return incident;
    const link = [...this.titles.keys()].find(known => text.includes(known));
    return this.titles.get(link ?? '') ?? incident;
  }
}
