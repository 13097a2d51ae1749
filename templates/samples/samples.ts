/**
 * The data that templates are tried with at synthesis, by the template's name: one sample for each way in which the text may
 * turn out. A field that a template asks for must be in one of its samples.
 */
export type Samples = Record<string, readonly object[]>;
