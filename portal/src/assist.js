// Finding answers: in the questions that the shop answered, and in what happened to the member. It is
// all done here, on what the page has; nothing of it is sent anywhere.

/** @typedef {{question: string, answer: string}} Faq */

/** Words as they are compared: small, without signs. Scripts without spaces are taken in pairs of letters.
 * @param {string} text */
export function terms(text) {
  const found = text.toLowerCase().normalize('NFKC').match(/[\p{L}\p{N}]+/gu) ?? [];
  return found.flatMap((word) => {
    if (!/\p{Script=Han}/u.test(word)) return word.length > 1 ? [word] : [];
    const letters = [...word];
    return letters.length < 2 ? letters : letters.slice(1).map((letter, at) => letters[at] + letter);
  });
}

/** Whether one word is the beginning of the other: so endings do not matter.
 * @param {string} one @param {string} other */
const alike = (one, other) => one === other || (Math.min(one.length, other.length) >= 4 && (one.startsWith(other) || other.startsWith(one)));

/** Questions that share words with what was asked, the best first.
 * @param {Faq[]} faq @param {string} asked @returns {Faq[]} */
export function search(faq, asked) {
  const words = terms(asked);
  if (words.length === 0) return faq;
  const common = (/** @type {string} */ word) => faq.filter((own) => terms(own.question + ' ' + own.answer).some((it) => alike(it, word))).length;
  const weights = new Map(words.map((word) => [word, 1 / Math.max(1, common(word))]));
  const scored = faq.map((own) => {
    const [question, answer] = [terms(own.question), terms(own.answer)];
    const score = words.reduce((sum, word) => {
      const weight = weights.get(word) ?? 0;
      return sum + (question.some((it) => alike(it, word)) ? 3 * weight : answer.some((it) => alike(it, word)) ? weight : 0);
    }, 0);
    return { own, score };
  });
  return scored.filter(({ score }) => score > 0).sort((one, other) => other.score - one.score).map(({ own }) => own);
}

/** What somebody wants to know of their own: by words that each language lists.
 * @param {string} asked @param {(key: string) => string} t @returns {string | undefined} */
export function subject(asked, t) {
  const words = terms(asked);
  const subjects = ['missing', 'expiry', 'tier', 'reward', 'balance', 'person'];
  return subjects.find((name) => terms(t(`ask.${name}`)).some((own) => words.some((word) => alike(own, word))));
}

/** An entry that is named by its order or its own number.
 * @template {{order?: string | null, id: string}} T @param {T[]} entries @param {string} asked @returns {T | undefined} */
export function named(entries, asked) {
  const text = asked.toLowerCase();
  const is = (/** @type {string | null | undefined} */ number) => Boolean(number && number.length > 2 && text.includes(number.toLowerCase()));
  return entries.find((entry) => is(entry.order)) ?? entries.find((entry) => is(entry.id));
}
