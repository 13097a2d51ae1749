import * as v from 'valibot';

/**
 * A request of CloudFormation to a function behind a custom resource. Only what the answer needs is checked, so that a request with
 * any other fault can still be answered.
 */
export const CustomResourceRequest = v.object({
  RequestType: v.string(),
  /** A signed URL: whoever knows it can answer. */
  ResponseURL: v.pipe(v.string(), v.url()),
  StackId: v.string(),
  RequestId: v.string(),
  LogicalResourceId: v.string(),
  PhysicalResourceId: v.optional(v.string()),
  ResourceProperties: v.optional(v.record(v.string(), v.unknown()), {}),
});
export type CustomResourceRequest = v.InferOutput<typeof CustomResourceRequest>;
