import * as v from 'valibot';

/** SSM Automation hands every parameter over as a string. */
export const flag = v.pipe(
  v.picklist(['true', 'false'], 'true or false'),
  v.transform(value => value === 'true'),
);

/** Certificates by their ARNs, separated by commas; none, where the function is to find out which. */
export const arns = v.pipe(
  v.string(),
  v.transform(text =>
    text
      .split(',')
      .map(arn => arn.trim())
      .filter(arn => arn !== ''),
  ),
);
