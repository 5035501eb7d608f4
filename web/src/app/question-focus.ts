/** Id of the question box, wherever it stands. */
export const QUESTION_ID = "question";

const focus = () => document.getElementById(QUESTION_ID)?.focus();

/** Puts the cursor into the question box: at once where it stands, and once the page that will have it stands. */
export function focusQuestion() {
  focus();
  requestAnimationFrame(focus);
}
