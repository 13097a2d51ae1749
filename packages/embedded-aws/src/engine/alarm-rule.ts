import { Unsupported } from '../unsupported.ts';
import type { AlarmState } from './alarm.ts';

/** The rule expression of a composite alarm. */
export interface AlarmRule {
  /** The names of the alarms that it watches. */
  alarms: readonly string[];
  /** True when the composite alarm is in ALARM. */
  holds: (stateOf: (alarm: string) => AlarmState | undefined) => boolean;
}

type Holds = AlarmRule['holds'];

/** An operator, a constant, a parenthesis, or a state with the name or the ARN of an alarm. */
const TOKEN =
  /\s*(?:(AND|OR|NOT|TRUE|FALSE)\b|(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|([^\s()"]+))\s*\)|([()]))\s*/y;

/** The name of an alarm that is given by its name or its ARN. */
export const alarmName = (nameOrArn: string) => nameOrArn.replace(/^arn:[^:]+:cloudwatch:[^:]*:\d+:alarm:/, '');

/**
 * Parses a rule expression. NOT binds closer than AND, and AND closer than OR.
 *
 * @example parseAlarmRule('ALARM("errors") AND NOT ALARM("deploying")').alarms; // ['errors', 'deploying']
 * @throws Unsupported for what is no such expression, e.g. AT_LEAST
 */
export function parseAlarmRule(text: string): AlarmRule {
  const alarms = new Set<string>();
  const tokens = tokensOf(text);
  let position = 0;
  const takes = (word: string) => {
    if (tokens[position]?.word !== word) return false;
    position++;
    return true;
  };
  const refuse = (): never => {
    throw new Unsupported('AlarmRule', `${text}: element ${position + 1}`);
  };

  function either(): Holds {
    const parts = [both()];
    while (takes('OR')) parts.push(both());
    return stateOf => parts.some(holds => holds(stateOf));
  }

  function both(): Holds {
    const parts = [one()];
    while (takes('AND')) parts.push(one());
    return stateOf => parts.every(holds => holds(stateOf));
  }

  function one(): Holds {
    if (takes('NOT')) {
      const holds = one();
      return stateOf => !holds(stateOf);
    }
    if (takes('(')) {
      const holds = either();
      return takes(')') ? holds : refuse();
    }
    const token = tokens[position++];
    if (token?.word === 'TRUE' || token?.word === 'FALSE') return () => token.word === 'TRUE';
    if (!token?.alarm) {
      position--;
      return refuse();
    }
    const { word, alarm } = token;
    alarms.add(alarm);
    return stateOf => stateOf(alarm) === word;
  }

  const holds = either();
  if (position < tokens.length) refuse();
  return { alarms: [...alarms], holds };
}

interface Token {
  word: string;
  /** The alarm that a state is asked of. */
  alarm?: string;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const [, word, state, quoted, bare, parenthesis] = TOKEN.exec(text) ?? [];
    const alarm = quoted ?? bare;
    if (state && alarm) tokens.push({ word: state, alarm: alarmName(alarm) });
    else if (word ?? parenthesis) tokens.push({ word: word ?? parenthesis ?? '' });
    else throw new Unsupported('AlarmRule', text.slice(at));
  }
  return tokens;
}
