import { isDeepStrictEqual } from 'node:util';
import { Construct } from 'constructs';
import type { Step } from '../../lambda/domain/incident/policy.ts';
import { AutomationDocument, type AutomationDocumentProps } from './automation-document.ts';

/** A step of a plan, without the names of its document, which the remedy knows. */
export type RemedyStep = Omit<Step, 'runbook' | 'document'>;

export interface RemedyProps extends AutomationDocumentProps {
  step: RemedyStep;
}

export interface SharedRemedyProps {
  /** The playbook that asks. */
  usedBy: string;
  step: RemedyStep;
  /** Called by the first playbook that asks: it may create what the document needs. */
  document: () => AutomationDocumentProps;
}

/**
 * One way to mitigate an incident: a step of a playbook's plan, the SSM document that the step runs, the permissions of the
 * document's role, and how the change is taken back.
 *
 * @example
 * new Remedy(scope, 'RestartTasks', {
 *   service, runbook: 'restart-tasks', worker, defaults: { ClusterName: 'shop' },
 *   step: { name: 'restart-tasks', title: 'Restart the tasks', causes: [...], ... },
 * });
 */
export class Remedy extends Construct {
  /**
   * Gives several playbooks one remedy, by its id in the scope.
   * @throws Error that names both playbooks when the second one asks for another step than the first.
   */
  static shared(scope: Construct, id: string, { usedBy, step, document }: SharedRemedyProps): Remedy {
    const existing = scope.node.tryFindChild(id);
    if (!existing) {
      const remedy = new Remedy(scope, id, { ...document(), step });
      remedy.firstUser = usedBy;
      return remedy;
    }
    if (!(existing instanceof Remedy))
      throw new Error(`${existing.node.path} is no remedy: choose another id than ${id}`);
    const fields = Object.keys({ ...existing.given, ...step }) as (keyof RemedyStep)[];
    const different = fields.filter(field => !isDeepStrictEqual(existing.given[field], step[field]));
    if (different.length === 0) return existing;
    throw new Error(
      `The playbooks ${existing.firstUser} and ${usedBy} share the remedy ${id}, but give it different values of ` +
        `${different.join(', ')}: give the same, or create a Remedy with an id of its own`,
    );
  }

  readonly document: AutomationDocument;
  readonly step: Step;
  private readonly given: RemedyStep;
  private firstUser = '';

  constructor(scope: Construct, id: string, { step: given, ...document }: RemedyProps) {
    super(scope, id);
    this.given = given;
    this.document = new AutomationDocument(this, 'Document', document);
    this.step = { ...given, runbook: this.document.runbook, document: this.document.documentName };
  }
}
