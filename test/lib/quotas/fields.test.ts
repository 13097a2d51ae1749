import { expect, it } from 'vitest';
import { fieldsIn, fieldsOf } from '../../../lib/quotas/fields.ts';
import { everything as config } from '../../support/everything.ts';

it('what is too long is named by the fields that take the most of it', () => {
  const name = `incident-response/mockupaws/redis-cpu-${config.redis?.nodes[1]}`;
  expect(fieldsIn(name, config)[0]).toBe('redis.nodes.1');
});

it('many entries of a list that take little each are named as the list', () => {
  const healthUrls = Array.from({ length: 30 }, (_, i) => ({ url: `https://mockupaws.com/health/${i}` }));
  expect(fieldsIn(JSON.stringify({ region: config.region, healthUrls }), { ...config, healthUrls })).toEqual([
    'healthUrls',
  ]);
});

it('a value that is written as JSON is found, a short one and one that is not there are not', () => {
  const title = 'The "best"\nshop';
  expect(fieldsIn(JSON.stringify([JSON.stringify([title])]), { ...config, title })).toEqual([]);
  expect(fieldsIn(JSON.stringify([title]), { ...config, title })).toEqual(['title']);
  expect(fieldsIn('ada', config)).toEqual([]);
});

it('resources are named by what the configuration could do without, with or without paths', () => {
  const paths = [
    ...['Stack/IncidentResponse/RedisHealth/redis-cpu-001', 'Stack/IncidentResponse/RedisHealth/CheckRedis/Role'],
    ...['Stack/IncidentResponse/Chat/Role', 'Stack/IncidentResponse/Slack/Role', 'Stack/IncidentResponse/Watch/Role'],
  ];
  const expected = ['slack (2)', 'redis.nodes (1)'];
  expect(fieldsOf(paths)).toEqual(expected);
  expect(fieldsOf(paths.map(path => path.replace(/^Stack|\W/g, '')))).toEqual(expected);
});
