/** What is known of a contact, in SES's words. */
export interface Preferences {
  TopicPreferences?: { TopicName?: string | undefined; SubscriptionStatus?: string | undefined }[] | undefined;
  UnsubscribeAll?: boolean | undefined;
}

/** Whether the contact hears of any of the components. */
export const wants = (contact: Preferences, components: readonly string[]): boolean =>
  optedInto(contact).some(component => components.includes(component));

/**
 * What of all components the contact wants who now confirmed some: those, and what it wanted before. Each is named, wanted or
 * not, so that it does not depend on what SES keeps of what is left out. After having ended everything, it begins anew.
 */
export function preferences(confirmed: readonly string[], all: readonly string[], before: Preferences = {}) {
  const wanted = [...confirmed, ...optedInto(before)];
  return all.map(component => ({ component, wanted: wanted.includes(component) }));
}

const optedInto = ({ TopicPreferences = [], UnsubscribeAll }: Preferences): string[] =>
  UnsubscribeAll
    ? []
    : TopicPreferences.flatMap(({ TopicName, SubscriptionStatus }) =>
        TopicName && SubscriptionStatus === 'OPT_IN' ? [TopicName] : [],
      );
