/** Links into the AWS console, for people who have access to the account. */
const consoleOf = (region: string) => `https://${region}.console.aws.amazon.com`;

export const objectUrl = (region: string, bucket: string, key: string) =>
  `${consoleOf(region)}/s3/object/${bucket}?region=${region}&prefix=${key}`;

/** An execution of a runbook, step by step. */
export const executionUrl = (region: string, execution: string) =>
  `${consoleOf(region)}/systems-manager/automation/execution/${execution}?region=${region}`;

/**
 * The events of a log group between two times. The console encodes the part after `#` twice, the second time with `$`
 * for `%`.
 */
export function logsUrl(region: string, logGroup: string, from: string, to: string): string {
  const twice = (text: string) => encodeURIComponent(encodeURIComponent(text)).replaceAll('%', '$');
  const window = encodeURIComponent(`?start=${Date.parse(from)}&end=${Date.parse(to)}`).replaceAll('%', '$');
  const events = `logsV2:log-groups/log-group/${twice(logGroup)}/log-events${window}`;
  return `${consoleOf(region)}/cloudwatch/home?region=${region}#${events}`;
}

/**
 * A query of Logs Insights between two times, ready to be run. The console has a notation of its own: within values,
 * `*` and two hexadecimal digits stand for every character that is no letter or digit; the characters of the structure
 * are encoded twice, the second time with `$` for `%`.
 */
export function insightsUrl(region: string, logGroup: string, query: string, from: string, to: string): string {
  const hex = (byte: number) => `*${byte.toString(16).padStart(2, '0')}`;
  const escaped = (signs: string) => Array.from(new TextEncoder().encode(signs), hex).join('');
  const value = (text: string) => `'${text.replace(/[^\w.-]+/gu, escaped)}`;
  const detail =
    `~(end~${value(to)}~start~${value(from)}~timeType~'ABSOLUTE~tz~'UTC` +
    `~editorString~${value(query)}~source~(~${value(logGroup)}))`;
  const structure: Record<string, string> = { '~': '$257E', '(': '$2528', ')': '$2529', "'": '$2527' };
  const encoded = detail.replace(/[~()']/g, sign => structure[sign] ?? sign);
  return `${consoleOf(region)}/cloudwatch/home?region=${region}#logsV2:logs-insights$3FqueryDetail$3D${encoded}`;
}

export const alarmUrl = (region: string, alarmName: string) =>
  `${consoleOf(region)}/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(alarmName)}`;

/** All alarms of the region. */
export const alarmsUrl = (region: string) => `${consoleOf(region)}/cloudwatch/home?region=${region}#alarmsV2:`;

/** The form in which a person runs a runbook by hand. */
export const automationUrl = (region: string, document: string) =>
  `${consoleOf(region)}/systems-manager/automation/execute/${document}?region=${region}`;
