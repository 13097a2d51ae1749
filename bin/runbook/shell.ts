/** A call of the AWS command line as a person types it: options of a word each, the long ones on lines of their own. */
export function aws(region: string, command: string, ...options: string[]): string {
  return [`aws ${command}`, ...options, `--region ${region}`].reduce((typed, part) => {
    const line = typed.split('\n').at(-1) ?? '';
    return line.length + part.length < WIDTH ? `${typed} ${part}` : `${typed} \\\n  ${part}`;
  });
}

/** Longer lines are hard to read, and to copy. */
const WIDTH = 105;

/** A metric of CloudWatch, as somebody asks for it. */
export interface Asked {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
  statistic: string;
  /** Seconds. */
  period: number;
}

/** Its values of the last hour, the oldest first. The shell computes the times in seconds, as GNU and BSD know them. */
export const statistics = (region: string, { namespace, name, dimensions, statistic, period }: Asked): string =>
  aws(
    region,
    `cloudwatch get-metric-statistics --namespace ${namespace} --metric-name ${name}`,
    `--dimensions ${Object.entries(dimensions)
      .map(([key, value]) => `Name=${key},Value=${value}`)
      .join(' ')}`,
    `--statistics ${statistic} --period ${period}`,
    '--start-time $(($(date +%s) - 3600)) --end-time $(date +%s)',
    `--query 'sort_by(Datapoints, &Timestamp)[].[Timestamp, ${statistic}]' --output text`,
  );

/** Runs an SSM document by hand; without parameters, by its defaults. */
export function startAutomation(region: string, document: string, parameters: Record<string, string> = {}): string {
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return aws(
    region,
    `ssm start-automation-execution --document-name ${document}`,
    ...(given.length > 0 ? [`--parameters '${given.join(',')}'`] : []),
  );
}
