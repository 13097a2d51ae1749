/** The subscriptions of a contact, as SES returns them. */
export interface Preferences {
  TopicPreferences?: { TopicName?: string | undefined; SubscriptionStatus?: string | undefined }[] | undefined;
  UnsubscribeAll?: boolean | undefined;
}

/** Tells if the contact is subscribed to any of the components. */
export const wants = (contact: Preferences, components: readonly string[]): boolean =>
  optedInto(contact).some(component => components.includes(component));

/**
 * The subscriptions of a contact after a confirmation: the confirmed components and the earlier ones. Every component is listed,
 * wanted or not, because SES may keep or drop what a request leaves out. After "unsubscribe from all", earlier ones do not count.
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
