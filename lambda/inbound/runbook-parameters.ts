import * as v from 'valibot';

/** A flag. SSM Automation passes every parameter as a string. */
export const flag = v.pipe(
  v.picklist(['true', 'false'], 'true or false'),
  v.transform(value => value === 'true'),
);

/** ARNs of certificates, separated by commas; empty when the function is to find those that need it. */
export const arns = v.pipe(
  v.string(),
  v.transform(text =>
    text
      .split(',')
      .map(arn => arn.trim())
      .filter(arn => arn !== ''),
  ),
);
