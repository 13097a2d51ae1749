import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ERROR_QUERY, ERROR_WORDS } from '../../../lambda/domain/diagnosis/error-lines.ts';
import { insightsUrl } from '../../../lambda/domain/kernel/console.ts';

const FROM = '2021-07-15T21:00:00.000Z';
const TO = '2021-07-18T20:59:59.000Z';

test('a Logs Insights query is linked in the notation of the console', () => {
  const query = 'fields @timestamp, @message\n| filter @message =~ "Exception"\n| limit 200';
  expect(insightsUrl('eu-west-1', '/aws/lambda/shop', query, FROM, TO)).toBe(
    'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:logs-insights$3FqueryDetail$3D' +
      '$257E$2528end$257E$25272021-07-18T20*3a59*3a59.000Z$257Estart$257E$25272021-07-15T21*3a00*3a00.000Z' +
      '$257EtimeType$257E$2527ABSOLUTE$257Etz$257E$2527UTC$257EeditorString$257E$2527' +
      'fields*20*40timestamp*2c*20*40message*0a*7c*20filter*20*40message*20*3d*7e*20*22Exception*22*0a*7c*20limit*20200' +
      '$257Esource$257E$2528$257E$2527*2faws*2flambda*2fshop$2529$2529',
  );
});

test('no character of a query becomes structure of the link or ends it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), query => {
      const [, detail = ''] = insightsUrl('us-east-1', '/ecs/shop', query, FROM, TO).split('queryDetail$3D');
      expect(detail).toMatch(/^[\w.$*-]+$/);
      const [, text = ''] = /editorString\$257E\$2527(.*)\$257Esource/.exec(detail) ?? [];
      expect(decodeURIComponent(text.replaceAll('*', '%'))).toBe(query.toWellFormed());
    }),
  );
});

test('the linked query looks for the same words as the diagnosis', () => {
  for (const word of ERROR_WORDS.split(' ')) expect(ERROR_QUERY).toMatch(new RegExp(`[/|]${word.slice(1)}[/|]`));
});
