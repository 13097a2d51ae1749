import { Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { arn } from '../platform/arn.ts';
import type { ResponderFunction } from '../platform/responder-function.ts';
import { type DocumentContent, readDocument } from './document-content.ts';

export interface AutomationDocumentProps {
  /** The name of the file in `runbooks/`. */
  runbook: string;
  /** The protected service: documents are named after it. */
  service: string;
  /** The function that does the work: the document finds it in its parameter `FunctionName`, and may invoke it. @default - none */
  worker?: ResponderFunction;
  /** The service's values, as defaults of the document's parameters. @default - none */
  defaults?: Record<string, string | number | string[]>;
  /** The rights of the document's role beyond its worker. @default - none */
  permissions?: PolicyStatement[];
}

/** An SSM Automation document from `runbooks/`, with the service's values as defaults and a role of its own. */
export class AutomationDocument extends Construct {
  readonly runbook: string;
  readonly documentName: string;
  readonly role: Role;
  /** With the service's values as defaults. */
  readonly content: DocumentContent;

  constructor(scope: Construct, id: string, props: AutomationDocumentProps) {
    super(scope, id);
    const { runbook, service, worker, defaults, permissions = [] } = props;
    this.runbook = runbook;
    this.documentName = `${service}-${runbook}`;
    this.role = new Role(this, 'Role', {
      description: `What the runbook ${this.documentName} may do`,
      assumedBy: new ServicePrincipal('ssm.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: { 'aws:SourceArn': arn('ssm', 'automation-execution/*') },
        },
      }),
    });
    const invoke = worker && { actions: ['lambda:InvokeFunction'], resources: [worker.function.functionArn] };
    for (const permission of [...permissions, ...(invoke ? [new PolicyStatement(invoke)] : [])])
      this.role.addToPolicy(permission);
    this.content = withDefaults(runbook, readDocument(runbook), {
      ...(worker ? { FunctionName: worker.function.functionName } : {}),
      ...defaults,
      AutomationAssumeRole: this.role.roleArn,
    });
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

  /** The ARNs by which a role may start it: as the user guide names the document today, and as it did before. */
  get startable(): string[] {
    const arnOf = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'ssm', resource, resourceName });
    return [arnOf('document', this.documentName), arnOf('automation-definition', `${this.documentName}:$DEFAULT`)];
  }
}

/** @throws Error when a default is for a parameter that the document lacks. */
function withDefaults(runbook: string, content: DocumentContent, defaults: Record<string, unknown>): DocumentContent {
  const unknown = Object.keys(defaults).filter(name => !content.parameters[name]);
  if (unknown.length > 0) throw new Error(`runbooks/${runbook}.yaml has no parameter ${unknown.join(', ')}`);
  const parameters = Object.entries(content.parameters).map(([name, parameter]) => [
    name,
    name in defaults ? { ...parameter, default: defaults[name] } : parameter,
  ]);
  return { ...content, parameters: Object.fromEntries(parameters) };
}
