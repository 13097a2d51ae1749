import { RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { answerSamples } from '../../templates/samples/answers.ts';
import { CommandEndpoint } from './public-endpoint.ts';
import type { ResponderFunction } from './responder-function.ts';
import type { ResponderParts } from './responder-parts.ts';

export interface LinksProps extends Pick<ResponderParts, 'config' | 'templates'> {
  command: ResponderFunction;
}

/**
 * Links in messages, through which their recipients answer. A key that stays in KMS signs them, so that no function holds a
 * secret: the functions that write messages may sign and not verify, and the public endpoint may verify and not sign. `command`, which
 * does what the endpoint asks, verifies again, and signs the links to the next actions on a page.
 */
export class Links extends Construct {
  private readonly key: Key;
  private readonly endpoint: CommandEndpoint;

  constructor(scope: Construct, id: string, { config, templates, command }: LinksProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `Links in incident messages of ${config.title}`,
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      // Links live for hours: with the stack goes what they lead to.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.endpoint = new CommandEndpoint(this, 'Answer', {
      folder: 'functions/answer',
      description: 'The links in messages: shows the incident, and takes the answer',
      environment: { LINKS_KEY: this.key.keyArn, SERVICE: config.service },
      templates: templates.for(answerSamples),
      source: 'link',
      command,
    });
    command.function.addEnvironment('LINKS_KEY', this.key.keyArn);
    for (const fn of [this.endpoint, command])
      fn.addToRolePolicy({ actions: ['kms:VerifyMac'], resources: [this.key.keyArn] });
    this.grantSign(command);
  }

  /** The environment variables by which a function signs links. */
  get environment(): Record<string, string> {
    return { LINKS_KEY: this.key.keyArn, LINKS_URL: this.endpoint.url };
  }

  grantSign(fn: ResponderFunction): void {
    fn.addToRolePolicy({ actions: ['kms:GenerateMac'], resources: [this.key.keyArn] });
  }
}
