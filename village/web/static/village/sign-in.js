/**
 * Signing in with a code: the browser's side of allauth's headless API.
 *
 * https://docs.allauth.org/en/latest/headless/openapi-specification/ ("Login by code"): asking for a
 * code answers 401 with the pending flow; the right code answers 200 and the session is signed in.
 */

const AUTH = "/_allauth/browser/v1/auth/code";
const words = document.getElementById("sign-in").dataset;
const ask = document.getElementById("ask");
const confirm = document.getElementById("confirm");
const second = document.getElementById("second");
if (location.hash === "#second") swap(ask, second, document.getElementById("lock"));

ask.addEventListener("submit", (event) => {
  event.preventDefault();
  const email = ask.elements.email.value.trim();
  if (!ask.elements.email.validity.valid) return tell(ask, words.wrongAddress, ask.elements.email);
  busy(ask, async () => {
    const { status, flows } = await post(`${AUTH}/request`, { email });
    if (!flows.includes("login_by_code")) return tell(ask, said(status, words.wrongAddress));
    document.getElementById("address").textContent = email;
    swap(ask, confirm, document.getElementById("sent"));
  });
});

confirm.addEventListener("submit", (event) => {
  event.preventDefault();
  // Read aloud or copied, a code comes with blanks and dashes.
  const code = confirm.elements.code.value.replace(/\D/g, "");
  if (code.length !== 6) return tell(confirm, words.wrongCode, confirm.elements.code);
  busy(confirm, async () => {
    const { status, flows } = await post(`${AUTH}/confirm`, { code });
    if (status === 200) return location.replace(words.next);
    if (flows.includes("mfa_authenticate")) {
      return swap(confirm, second, document.getElementById("lock"));
    }
    // 409: too many tries or too late, the flow is over.
    tell(confirm, said(status, status === 409 ? words.expired : words.wrongCode), confirm.elements.code);
  });
});

second.addEventListener("submit", (event) => {
  event.preventDefault();
  const code = second.elements.shown.value.replace(/\D/g, "");
  busy(second, async () => {
    const { status } = await post("/_allauth/browser/v1/auth/2fa/authenticate", { code });
    if (status === 200) return location.replace(words.next);
    tell(second, said(status, words.wrongCode), second.elements.shown);
  });
});

document.getElementById("again").addEventListener("click", () => {
  confirm.reset();
  tell(confirm, "");
  swap(confirm, ask, ask.elements.email);
});

async function post(url, body) {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": document.querySelector('meta[name="csrf"]').content,
    },
    body: JSON.stringify(body),
  });
  const data = await answer.json().catch(() => ({}));
  const flows = data.data?.flows ?? [];
  return { status: answer.status, flows: flows.filter((f) => f.is_pending).map((f) => f.id) };
}

function said(status, otherwise) {
  if (status === 429) return words.tooMany;
  if (status === 403) return words.outOfDate;
  return status >= 500 ? words.noAnswer : otherwise;
}

async function busy(form, act) {
  const button = form.querySelector("button");
  if (button.ariaDisabled === "true") return;
  button.ariaDisabled = "true";
  tell(form, "");
  try {
    await act();
  } catch {
    tell(form, words.noAnswer);
  } finally {
    button.ariaDisabled = null;
  }
}

/** Say what went wrong, and lead back to the field it is about. */
function tell(form, text, field) {
  form.querySelector(".told").textContent = text;
  for (const input of form.querySelectorAll("input")) input.ariaInvalid = field === input ? "true" : null;
  field?.focus();
}

function swap(away, here, focused) {
  away.hidden = true;
  here.hidden = false;
  focused.focus();
}
