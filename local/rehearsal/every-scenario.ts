import type { Command } from 'commander';
import { SCENARIOS } from '../scenarios/index.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { withProgress } from '../terminal/progress.ts';
import { withSynthesis } from './synthesize.ts';

/** The scenarios that the arguments name, or all. Ends the program, with an error, where there is none of a name. */
export function scenariosOf(program: Command): readonly Scenario[] {
  const { args } = program;
  const unknown = args.filter(name => !SCENARIOS.some(scenario => scenario.name === name));
  if (unknown.length > 0) program.error(`error: no scenario is named ${unknown.join(', ')}`, { exitCode: 2 });
  return SCENARIOS.filter(({ name }) => args.length === 0 || args.includes(name));
}

/** Hands on the directories of the app in its full and its configured modes. @throws SynthesisFailed */
export function withBothModes<Result>(use: (directories: string[]) => Promise<Result>): Promise<Result> {
  const progress = withProgress('Synthesising the app');
  return withSynthesis(full =>
    withSynthesis(configured => {
      progress.done();
      return use([full.directory, configured.directory]);
    }, 'configured'),
  );
}
