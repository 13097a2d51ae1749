import type { Stack } from 'aws-cdk-lib';
import type { ServiceConfig } from '../config/service-config.ts';
import { fieldsIn, fieldsOf } from './fields.ts';
import { type Excess, excessesOf } from './measure.ts';
import { atWorst, type Place, type TemplateJson } from './worst-case.ts';

/**
 * Holds a stack of ours to AWS's quotas, at every synthesis: what AWS would refuse in the middle of a deployment is an error here,
 * with the fields of the configuration that make it so large. Values that only the deployment knows count as long as they can be.
 */
export function checkQuotas(stack: Stack, config: ServiceConfig): void {
  const { stackName, region } = stack;
  const rendering = stack as unknown as Rendering;
  stack.node.addValidation({
    validate: () => {
      const template = stack.resolve(rendering._toCloudFormation());
      const file = JSON.stringify(template, undefined, rendering._suppressTemplateIndentation ? 0 : 1);
      return faultsOf(template, { stackName, region, file }, config);
    },
  });
}

/** CDK has no public way to a template before it is written. */
interface Rendering {
  _toCloudFormation(): TemplateJson;
  _suppressTemplateIndentation: boolean;
}

/** One sentence for each quota that the template goes beyond. `file`: as it is uploaded. */
export function faultsOf(
  template: TemplateJson,
  { file, ...place }: Place & { file: string },
  config: ServiceConfig,
): string[] {
  return excessesOf(atWorst(template, place), file).map(excess => sentence(excess, config));
}

function sentence({ says, at, value, source }: Excess, config: ServiceConfig): string {
  const fields = typeof value === 'string' ? fieldsIn(value, config) : fieldsOf(value);
  const advice =
    fields.length > 0
      ? `Of the configuration it is ${fields.join(', ')}`
      : 'Nothing of the configuration takes much of it';
  return `${at}: ${says}. ${advice}. ${source}`;
}
