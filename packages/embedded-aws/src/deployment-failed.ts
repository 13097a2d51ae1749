/** The deployment ended in this error, after what it had changed was rolled back. */
export class DeploymentFailed extends Error {
  override readonly name = 'DeploymentFailed';
}
