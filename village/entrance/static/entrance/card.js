/** Signing in with a card: its QR code holds the number behind the #, which no browser sends. */
const form = document.getElementById("card");
const told = document.getElementById("card-told");
const { number, pin } = form.elements;
const scanned = location.hash.slice(1).replace(/\D/g, "");
if (scanned) {
  number.value = scanned.replace(/(\d{4})(?=\d)/g, "$1 ");
  history.replaceState(null, "", location.pathname);
  pin.focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.ariaDisabled === "true") return;
  button.ariaDisabled = "true";
  told.textContent = "";
  try {
    const answer = await fetch("/_allauth/browser/v1/auth/card", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": document.querySelector('meta[name="csrf"]').content,
      },
      body: JSON.stringify({ number: number.value, pin: pin.value }),
    });
    // 401: the card is right, and a second lock waits on the page where one signs in.
    if (answer.status === 200 || answer.status === 409) return location.replace("/");
    if (answer.status === 401) return location.replace("/sign-in#second");
    const said = await answer.json().catch(() => ({}));
    told.textContent = said.detail ?? form.dataset[answer.status === 400 ? "refused" : "outOfDate"];
    pin.value = "";
    pin.focus();
  } catch {
    told.textContent = form.dataset.noAnswer;
  } finally {
    button.ariaDisabled = null;
  }
});
