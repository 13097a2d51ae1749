import type { Step } from '../../lambda/domain/incident/policy.ts';
import { FAILED, minute, READINGS, Story, step } from './story.ts';

/** The readings with the kill switch thrown. */
export const OFF = { ...READINGS, automation: { value: 'off', since: minute(-10_000) } } as const;

export const reasonOf = (story: Story) => story.incident.handedOver?.reason;

/** An incident that has opened, with these steps in its plan. */
export function fired(...plan: Step[]): Story {
  const story = new Story(...plan);
  story.fires();
  return story;
}

/** An incident that has opened and is diagnosed: its plan may begin. */
export function diagnosed(...plan: Step[]): Story {
  const story = fired(...plan);
  story.diagnoses();
  return story;
}

/** An incident whose first step runs. */
export function running(...plan: Step[]): Story {
  const story = diagnosed(...plan);
  story.plans();
  return story;
}

/** An incident whose first step did not help; what comes after it is planned. */
export function afterFailedStep(...plan: Step[]): Story {
  const story = running(...plan);
  story.ends(FAILED);
  story.plans();
  return story;
}

/** A drill whose one step waits for an approval. */
export function askingDrill(): Story {
  const story = new Story(step('ask', { mode: 'approve' }));
  story.fires('critical', { drill: true });
  story.diagnoses();
  story.plans();
  return story;
}
