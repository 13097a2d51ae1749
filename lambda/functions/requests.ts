import * as v from 'valibot';

/** SSM Automation hands every parameter over as a string. */
export const flag = v.pipe(
  v.picklist(['true', 'false'], 'true or false'),
  v.transform(value => value === 'true'),
);

/** Of the configured certificates, those at these places. */
export const numbers = v.pipe(
  v.string(),
  v.regex(/^[1-9]{1,9}$/, 'the numbers of certificates, as 1, or 13 for the first and the third'),
);
