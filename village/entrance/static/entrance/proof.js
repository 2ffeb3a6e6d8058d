/** What the pages of one's own account share: telling what went wrong, and asking for a proof. */

import { proving } from "../village/account.js";

const words = document.querySelector("[data-no-answer]").dataset;
const lock = document.getElementById("prove");

/** Let a form act once at a time, and tell beside it what came of it; 200 loads the page anew. */
export function acts(form, act) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? form.querySelector("button");
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    tell(form, "");
    try {
      const status = await act(button);
      if (status === 200) return location.reload();
      if (status) tell(form, words[`said${status}`] ?? words.refused);
    } catch {
      tell(form, words.noAnswer);
    } finally {
      button.ariaDisabled = null;
    }
  });
}

/** Do what needs a fresh proof, asking for the digits of her app where that is how she shows it. */
export const proved = (act) => proving(act, askDigits);

export function tell(form, said) {
  form.querySelector(".told").textContent = said;
}

function askDigits() {
  lock.hidden = false;
  lock.elements.shown.value = "";
  lock.elements.shown.focus();
  return new Promise((resolve) => {
    lock.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        lock.hidden = true;
        resolve(lock.elements.shown.value.replace(/\D/g, ""));
      },
      { once: true },
    );
  });
}
