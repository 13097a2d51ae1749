/** Milliseconds after which a question is asked anew: an answer may be held up for as long as a function's process sleeps. */
const SAME_MOMENT = 1000;

/**
 * Gives those who ask the same at the same moment one answer: the measurements of a minute ask AWS once. Mark its calls as pure,
 * or every bundle holds, and every role needs, what only some functions ask.
 */
export function together<Question extends unknown[], Answer>(
  ask: (...question: Question) => Promise<Answer>,
): (...question: Question) => Promise<Answer> {
  const underWay = new Map<string, { answer: Promise<Answer>; since: number }>();
  return (...question) => {
    const key = JSON.stringify(question);
    const known = underWay.get(key);
    if (known && Date.now() - known.since < SAME_MOMENT) return known.answer;
    const asked = { answer: ask(...question), since: Date.now() };
    underWay.set(key, asked);
    const forget = () => {
      if (underWay.get(key) === asked) underWay.delete(key);
    };
    asked.answer.then(forget, forget);
    return asked.answer;
  };
}
