import { describe, expect, test } from 'vitest';
import { affectedComponents } from '../../../lambda/domain/communication/updates.ts';
import { RUNBOOK_SEVERITIES } from '../../../lambda/domain/incident/runbook-policy.ts';
import { policy, STATUS_PAGE, Story } from '../../support/story.ts';

/** A P3 with a status page of two components, which its playbook affects both. */
function publishable(): Story {
  const website = { id: 'website', name: 'Website', description: '' };
  const statusPage = { ...STATUS_PAGE, components: [...STATUS_PAGE.components, website] };
  const story = Story.under(policy([], { severities: RUNBOOK_SEVERITIES, statusPage }));
  story.fires('warning');
  return story;
}

describe('customers', () => {
  test('read of other components once a person names them, of none that does not exist, and twice of none', () => {
    const story = publishable();
    const names = (...components: string[]) => story.tell({ type: 'publish', by: 'ada', components });
    const shown = () => affectedComponents(story.incident).map(({ id }) => id);
    names('website');
    const since = story.incident.publication?.at;
    story.at(50);
    expect(names('website', 'website')).toEqual([]);
    expect(story.refused).toBeUndefined();
    expect(names('website', 'nothing')).toEqual([]);
    expect(story.refused).toBe('there is no component nothing: there is api, website');
    expect(names('api', 'website')).toMatchObject([{ type: 'Published', components: ['api', 'website'] }]);
    expect(shown()).toEqual(['api', 'website']);
    expect(names('website', 'api')).toEqual([]);
    names('api');
    expect(shown()).toEqual(['api']);
    expect(story.incident.publication).toMatchObject({ at: since });
  });

  test('read of what is affected by itself until a person names something else', () => {
    const story = publishable();
    story.tell({ type: 'publish', by: 'ada' });
    expect(story.tell({ type: 'publish', by: 'ada', components: ['website', 'api'] })).toEqual([]);
    expect(story.tell({ type: 'publish', by: 'ada', components: ['api'] })).toMatchObject([{ components: ['api'] }]);
    expect(affectedComponents(story.incident)).toMatchObject([{ id: 'api' }]);
  });
});
