import { contactsOf, currentDeployment, policiesOf } from '../store/deployments.ts';
import { service } from './environment.ts';

/** The configuration as it is deployed now. */
export const deployed = () => currentDeployment(service());

/** The policies that are deployed now, by playbook. */
export const deployedPolicies = async () => policiesOf(await deployed());

/** The addresses of people as they are deployed now. */
export const deployedContacts = async () => contactsOf(await deployed());
