/** Id of the question box, wherever it stands. */
export const QUESTION_ID = "question";

/** Puts the cursor into the question box, once the page that has it stands. */
export function focusQuestion() {
  requestAnimationFrame(() => document.getElementById(QUESTION_ID)?.focus());
}
