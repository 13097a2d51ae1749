import type { Account, Functions, Message, Topics } from 'embedded-aws';

const MINUTE = 60_000;

/** The way somebody answers a link in a message. */
export interface Habit {
  /** The person's address: an e-mail address or a telephone number. */
  to: string;
  /** The link's name in the message, as `Acknowledge`. */
  link: string;
  /** Minutes from the message to the button. */
  after: number;
  /** The text for the page's field. */
  text?: string;
  /** Which of the messages that have such a link is answered: only the first. @default false, every one */
  once?: boolean;
}

/**
 * People who read their messages and answer by the links in them, as a browser does: they open the page, and press its
 * button if it has one. Nobody answers who has not been told to.
 */
export class People {
  private readonly account: Account;
  private readonly functions: Functions;
  private readonly habits: { habit: Habit; answered: number }[] = [];

  constructor(account: Account, topics: Topics, functions: Functions) {
    this.account = account;
    this.functions = functions;
    account.listen(({ type }) => {
      const message = type === 'message' ? topics.messages.at(-1) : undefined;
      if (message) this.read(message);
    });
  }

  /** From now on, this person answers so. */
  answer(habit: Habit): void {
    this.habits.push({ habit, answered: 0 });
  }

  private read(message: Message): void {
    for (const known of this.habits) {
      const { to, link, after, once, text } = known.habit;
      const url = message.body.match(new RegExp(`\\b${link}:? +(https://\\S+)`, 'i'))?.[1];
      if (message.to !== to || !url || (once && known.answered > 0)) continue;
      known.answered++;
      this.account.clock.after(after * MINUTE, () => this.use(to, link, url, text));
    }
  }

  private async use(who: string, link: string, url: string, text = ''): Promise<void> {
    const opened = await this.functions.request(url);
    if (!opened.body.includes('<form method="post">')) {
      this.account.emit('person', { who, does: `opens ${link}: ${told(opened.body)}`, tone: 'warn' });
      return;
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await this.functions.request(url, {
      method: 'POST',
      headers,
      body: `${new URLSearchParams({ text })}`,
    });
    const tone = answer.statusCode === 200 ? 'good' : 'warn';
    this.account.emit('person', { who, does: `opens the link, presses ${link}: ${told(answer.body)}`, tone });
  }
}

/** The page's main sentence, without its tags. */
const told = (html: string) =>
  (html.match(/role="status">(.*?)<\/div>/s)?.[1] ?? html.match(/<h1>(.*?)<\/h1>/s)?.[1] ?? html)
    .replace(/<[^>]+>/g, '')
    .trim();
