/** Id of the question box, wherever it stands. */
export const QUESTION_ID = "question";

const focus = () => document.getElementById(QUESTION_ID)?.focus();

/** Puts the cursor into the question box of a page that was just opened; not where that brings up a keyboard on the screen. */
export function focusQuestionOnArrival() {
  if (window.matchMedia("(hover: hover)").matches) focusQuestion();
}

/** Puts the cursor into the question box: at once where it stands, and once the page that will have it stands. */
export function focusQuestion() {
  focus();
  requestAnimationFrame(focus);
}
