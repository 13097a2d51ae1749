import { RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployed } from '../../lambda/domain/deployed.ts';
import { type AnswerPage, REFUSAL, UNAVAILABLE } from '../../lambda/domain/messages/answer-page.ts';
import { Door } from './public-endpoint.ts';
import type { ResponderFunction } from './responder-function.ts';
import { readTemplates, type Samples } from './templates.ts';

export interface LinksProps {
  title: string;
  deployed: Deployed;
  command: ResponderFunction;
}

/**
 * Links in messages, through which their recipients answer: signed by a key that stays in KMS, so that no function holds a
 * secret. Who writes messages may sign and not verify; the door may verify and not sign.
 */
export class Links extends Construct {
  private readonly key: Key;
  private readonly door: Door;

  constructor(scope: Construct, id: string, { title, deployed, command }: LinksProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `Links in incident messages of ${title}`,
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      // Links live for hours: with the stack goes what they lead to.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.door = new Door(this, 'Answer', {
      folder: 'functions/answer',
      description: 'The links in messages: shows the incident, and takes the answer',
      environment: { LINKS_KEY: this.key.keyArn },
      deployed,
      templates: readTemplates(SAMPLES),
      command,
    });
    this.door.allow(['kms:VerifyMac'], [this.key.keyArn]);
  }

  /** What a function needs in its environment to sign links. */
  get environment(): Record<string, string> {
    return { LINKS_KEY: this.key.keyArn, LINKS_URL: this.door.url };
  }

  grantSign(fn: ResponderFunction): void {
    fn.allow(['kms:GenerateMac'], [this.key.keyArn]);
  }
}

const PAGE: AnswerPage = {
  title: 'P1 Shop is down - INC-2026-01-31-001',
  drill: true,
  severity: 'P1',
  heading: 'Shop is down',
  id: 'INC-2026-01-31-001',
  notice: null,
  form: { explains: 'You take it on.', field: 'Note', required: false, button: 'Acknowledge' },
  fields: [{ name: 'Status', value: 'identified' }],
  signals: [
    { firing: true, text: 'Health URLs: 100 % fail' },
    { firing: false, text: 'Errors: 2 %' },
  ],
  doing: ['[>] 09:31 Scale up: running'],
  checklist: [
    { done: true, text: 'Identify the severity' },
    { done: false, text: 'Notify stakeholders' },
  ],
  timeline: [{ at: '2026-01-31T09:31:00.000Z', clock: '09:31', text: 'opened: Shop is down' }],
};

const SAMPLES: Samples = {
  'pages/incident.html': [
    PAGE,
    { ...PAGE, drill: false, form: { explains: 'It is over.', field: 'Why', required: true, button: 'Resolve' } },
    { ...PAGE, notice: { tone: 'good', text: 'Done.' }, form: null },
  ],
  'pages/message.html': [
    REFUSAL,
    UNAVAILABLE,
    // Another door's.
    { ...REFUSAL, link: { label: 'Status page', url: 'https://status.example.com' } },
  ],
};
