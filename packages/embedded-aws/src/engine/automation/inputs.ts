/** The inputs of the steps of an automation, action by action. */

import { Unsupported } from '../../unsupported.ts';
import { text } from '../checks.ts';
import { isObject, type Json, type JsonObject, type Path, parsePath } from '../json-path.ts';
import { type Choice, choices } from './branch.ts';
import { soleReference, type ValueType } from './values.ts';

export type Work =
  | { kind: 'api'; service: string; api: string; parameters: JsonObject }
  | { kind: 'wait' | 'assert'; service: string; api: string; parameters: JsonObject; selector: Path; desired: Json[] }
  | { kind: 'sleep'; seconds: number }
  | { kind: 'sleep'; until: string }
  | { kind: 'branch'; choices: Choice[]; fallback: string | undefined }
  | {
      kind: 'lambda';
      functionName: string;
      qualifier: string | undefined;
      payload: Json | undefined;
      payloadText: string | undefined;
    };

export function work(action: string, inputs: JsonObject, where: string, typeOf: (name: string) => ValueType): Work {
  const at = (input: string) => `${where}.inputs.${input}`;
  if (action === 'aws:sleep') return sleep(inputs, where);
  if (action === 'aws:branch') {
    const fallback = inputs.Default === undefined ? undefined : text(inputs.Default, at('Default'));
    return { kind: 'branch', choices: choices(inputs.Choices, at('Choices'), typeOf), fallback };
  }
  if (action === 'aws:invokeLambdaFunction') {
    if ((inputs.InvocationType ?? 'RequestResponse') !== 'RequestResponse')
      throw new Unsupported(at('InvocationType'), JSON.stringify(inputs.InvocationType));
    if ((inputs.LogType ?? 'None') !== 'None') throw new Unsupported(at('LogType'), JSON.stringify(inputs.LogType));
    const { InputPayload: payload, Payload: body } = inputs;
    if (payload !== undefined && !isObject(payload) && !(typeof payload === 'string' && soleReference(payload)))
      throw new Unsupported(at('InputPayload'), 'not an object');
    return {
      kind: 'lambda',
      functionName: text(inputs.FunctionName, at('FunctionName')),
      qualifier: inputs.Qualifier === undefined ? undefined : text(inputs.Qualifier, at('Qualifier')),
      payload,
      payloadText: body === undefined ? undefined : text(body, at('Payload')),
    };
  }
  const { Service, Api, PropertySelector, DesiredValues, ...parameters } = inputs;
  const called = { service: text(Service, at('Service')), api: text(Api, at('Api')), parameters };
  if (/\{\{/.test(called.service + called.api) || !/^[A-Z]/.test(called.api))
    throw new Unsupported(at('Api'), `${called.service} ${called.api}`);
  if (action === 'aws:executeAwsApi') {
    if (PropertySelector !== undefined || DesiredValues !== undefined)
      throw new Unsupported(where, `PropertySelector or DesiredValues of ${action}`);
    return { kind: 'api', ...called };
  }
  const selector = parsePath(text(PropertySelector, at('PropertySelector')), at('PropertySelector'));
  if (!selector.definite) throw new Unsupported(at('PropertySelector'), `"${selector.text}", which selects a list`);
  if (!Array.isArray(DesiredValues) || DesiredValues.length === 0)
    throw new Unsupported(at('DesiredValues'), JSON.stringify(DesiredValues));
  return {
    kind: action === 'aws:assertAwsResourceProperty' ? 'assert' : 'wait',
    ...called,
    selector,
    desired: DesiredValues,
  };
}

function sleep({ Duration, Timestamp }: JsonObject, where: string): Work {
  if ((Duration === undefined) === (Timestamp === undefined))
    throw new Unsupported(where, 'aws:sleep takes either Duration or Timestamp');
  if (Duration === undefined) {
    const until = text(Timestamp, `${where}.inputs.Timestamp`);
    if (Number.isNaN(Date.parse(until))) throw new Unsupported(`${where}.inputs.Timestamp`, until);
    return { kind: 'sleep', until };
  }
  const iso = /^P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(
    text(Duration, `${where}.inputs.Duration`),
  );
  const [days = 0, hours = 0, minutes = 0, rest = 0] = (iso ?? []).slice(1).map(part => Number(part ?? 0));
  const seconds = ((days * 24 + hours) * 60 + minutes) * 60 + rest;
  if (!iso || Duration === 'P' || seconds > 604_799)
    throw new Unsupported(`${where}.inputs.Duration`, JSON.stringify(Duration));
  return { kind: 'sleep', seconds };
}
