import { readStack } from '../world/stack.ts';
import { liveAndJudge } from './lived.ts';
import type { Plan } from './plan.ts';

/** A process of its own: it gets plans one by one, and answers each with what came of it. */
const assembly = readStack(process.argv[2] ?? '');

process.on('message', async (plan: Plan) => {
  process.send?.(await liveAndJudge(assembly, plan));
});
