import { expect, it, test } from 'vitest';
import { policy, STATUS_PAGE, Story } from '../../support/story.ts';

const says = (story: Story, internal = false) =>
  story.tell({ type: 'post update', by: 'ada', text: 'we are on it', internal });

it.each([false, true])('an update that nobody would read is refused (internal: %s)', internal => {
  const story = Story.under(policy([]));
  story.fires();
  expect(says(story, internal)).toEqual([]);
  expect(story.refused).toBe('nobody would read it: no stakeholders are configured');
});

test('without stakeholders, an update is for customers alone, once they are told of the incident', () => {
  const story = Story.under(policy([], { statusPage: STATUS_PAGE }));
  story.fires();
  expect(says(story)).toEqual([]);
  expect(story.refused).toBe(
    'nobody would read it: no stakeholders are configured, and INC-2026-04-07-001 is not published',
  );
  story.tell({ type: 'publish', by: 'ada' });
  expect(says(story)).toMatchObject([{ type: 'UpdatePosted', to: 'public' }]);
  expect(says(story, true)).toEqual([]);
});
