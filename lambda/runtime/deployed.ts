import { contactsOf, currentDeployment, deployedPolicyOf } from '../store/deployments.ts';
import { service } from './environment.ts';

/** The configuration as it is deployed now. */
export const deployed = () => currentDeployment(service());

/** The policy that is deployed now. */
export const deployedPolicy = async () => deployedPolicyOf(await deployed());

/** The addresses of people as they are deployed now. */
export const deployedContacts = async () => contactsOf(await deployed());
