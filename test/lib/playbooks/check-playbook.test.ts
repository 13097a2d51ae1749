import { describe, expect, it } from 'vitest';
import { DatabaseConnections } from '../../../lib/index.ts';
import { everything as config } from '../../support/everything.ts';
import { synthesise } from '../../support/stack.ts';

describe('a playbook that cannot be honoured fails at synthesis', () => {
  const withStep = (change: (step: Record<string, unknown>) => void) => () => {
    class Broken extends DatabaseConnections {
      override bind(...given: Parameters<DatabaseConnections['bind']>) {
        const bound = super.bind(...given);
        change(bound.remedies[1]?.step as unknown as Record<string, unknown>);
        return bound;
      }
    }
    return synthesise(config, { playbooks: [new Broken()] });
  };

  it.each<[string, (step: Record<string, unknown>) => void, string]>([
    ['verification', step => Object.assign(step, { verifyMinutes: 0 }), 'verifyMinutes 0: expected 1 or more'],
    ['mode', step => Object.assign(step, { mode: 'automatic' }), 'mode "automatic": expected auto or approve'],
    ['cause', step => Object.assign(step, { causes: [] }), 'causes []: expected at least one fact that justifies it'],
    [
      'alarm as its cause',
      step => Object.assign(step, { causes: [{ fact: 'criticalSignals', atLeast: 1, means: 'an alarm' }] }),
      'stands on criticalSignals, which none of its checks and measures finds',
    ],
    [
      'parameter',
      step => Object.assign(step, { parameters: { Limt: '5' } }),
      'gives Limt, a parameter that runbooks/kill-idle-connections.yaml does not have',
    ],
    ['name', step => Object.assign(step, { name: 'scale-down' }), 'the name of an earlier step'],
    [
      'blast radius',
      step => Object.assign(step, { blastRadius: { fact: 'x', maximumShare: 2 } }),
      'maximumShare 2: expected a share over 0, at most 1',
    ],
    [
      'blast radius over its own limit',
      step => Object.assign(step, { blastRadius: { fact: 'x', touches: 0.8, maximumShare: 0.5 } }),
      'touches 0.8: expected at most maximumShare, or it could never run',
    ],
    [
      'cooldown beyond what is remembered',
      step => Object.assign(step, { cooldownMinutes: 20_000 }),
      'cooldownMinutes 20000: expected 0 to 10080',
    ],
  ])('%s', (_, change, fault) => {
    expect(withStep(change)).toThrow(fault);
    expect(withStep(change)).toThrow(/^The playbook DatabaseConnections is wrong:\n {2}step /);
  });
});
