/** Coming in after two neighbours have vouched: this browser holds what opens the door. */
const form = document.getElementById("come-back");
const told = document.getElementById("come-back-told");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  told.textContent = "";
  try {
    const answer = await fetch("/_allauth/browser/v1/auth/recovery", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": document.querySelector('meta[name="csrf"]').content,
      },
      body: JSON.stringify({ secret: form.dataset.secret }),
    });
    if (answer.status === 200) return location.replace("/me");
    // 401: the neighbours are right, and a second lock waits on the page where one signs in.
    if (answer.status === 401) return location.replace("/sign-in#second");
    const said = await answer.json().catch(() => ({}));
    told.textContent = said.detail ?? form.dataset.noAnswer;
  } catch {
    told.textContent = form.dataset.noAnswer;
  }
});
