import { readFileSync } from 'node:fs';
import { Aws, Stack } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { parse } from 'yaml';

export interface AutomationDocumentProps {
  /** The name of the file in `runbooks/`. */
  runbook: string;
  /** The protected service: documents are named after it. */
  service: string;
  /** The service's values, as defaults of the document's parameters. */
  defaults: Record<string, string | number | string[]>;
  /** What the runbook's role may do, and nothing else. */
  permissions: PolicyStatement[];
}

/** What an SSM document says. */
interface Content {
  /** Markdown: a heading, then what it does. */
  description: string;
  parameters: Record<string, Parameter>;
  [other: string]: unknown;
}

interface Parameter {
  type: string;
  description: string;
  allowedValues?: string[];
  default?: unknown;
}

/** An SSM Automation document from `runbooks/`, with the service's values as defaults and a role of its own. */
export class AutomationDocument extends Construct {
  readonly runbook: string;
  readonly documentName: string;
  readonly role: Role;
  /** With the service's values as defaults. */
  readonly content: Content;

  constructor(scope: Construct, id: string, { runbook, service, defaults, permissions }: AutomationDocumentProps) {
    super(scope, id);
    this.runbook = runbook;
    this.documentName = `${service}-${runbook}`;
    const executions = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:automation-execution/*`;
    this.role = new Role(this, 'Role', {
      description: `What the runbook ${this.documentName} may do`,
      assumedBy: new ServicePrincipal('ssm.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID }, ArnLike: { 'aws:SourceArn': executions } },
      }),
    });
    for (const permission of permissions) this.role.addToPolicy(permission);
    const content = load(runbook);
    const values = { ...defaults, AutomationAssumeRole: this.role.roleArn };
    this.content = { ...content, parameters: withDefaults(runbook, content.parameters, values) };
    const document = new CfnDocument(this, 'Document', {
      name: this.documentName,
      documentType: 'Automation',
      documentFormat: 'JSON',
      updateMethod: 'NewVersion',
      content: this.content,
    });
    document.node.addDependency(this.role);
  }

  /** The names of its parameters. */
  get parameters(): string[] {
    return Object.keys(this.content.parameters);
  }

  /** The document, as a role that starts it must name it: as the user guide has it today, and as it had it before. */
  get startable(): string[] {
    const arn = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'ssm', resource, resourceName });
    return [arn('document', this.documentName), arn('automation-definition', `${this.documentName}:$DEFAULT`)];
  }
}

function load(runbook: string): Content {
  const file = `${import.meta.dirname}/../../runbooks/${runbook}.yaml`;
  return parse(readFileSync(file, 'utf8')) as Content;
}

/** @throws when a default is for a parameter the document lacks. */
function withDefaults(
  runbook: string,
  parameters: Content['parameters'],
  defaults: Record<string, unknown>,
): Content['parameters'] {
  const unknown = Object.keys(defaults).filter(name => !parameters[name]);
  if (unknown.length > 0) throw new Error(`runbooks/${runbook}.yaml has no parameter ${unknown.join(', ')}`);
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [
      name,
      name in defaults ? { ...parameter, default: defaults[name] } : parameter,
    ]),
  );
}
