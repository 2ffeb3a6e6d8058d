/**
 * Signing in with a code, and coming for the first time: the browser's side of allauth's headless API.
 *
 * https://docs.allauth.org/en/latest/headless/openapi-specification/ ("Login by code"): asking for a
 * code answers 401 with the pending flow; the right code answers 200 and the session is signed in.
 */

import { hasKeys, send, useKey } from "./account.js";

const words = document.getElementById("sign-in").dataset;
const ask = document.getElementById("ask");
const confirm = document.getElementById("confirm");
const second = document.getElementById("second");
let isNewAddress = false;
// Whoever scanned a letter comes with its code behind the #, and takes it along.
const letter = /^#\d{4,}$/.test(location.hash) ? location.hash : "";
const goOn = () => location.replace(words.next + letter);
for (const link of document.querySelectorAll("a[data-takes-letter]")) link.hash = letter;
if (location.hash === "#second") swap(ask, second, document.getElementById("lock"));

ask.addEventListener("submit", (event) => {
  event.preventDefault();
  const { address, display_name: name } = ask.elements;
  if (name && !name.value.trim()) return tell(ask, words.wrongName, name);
  const said = address.value.trim();
  const isEmail = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(said);
  const isPhone = "byPhone" in words && /^[+\d][\d\s()/.-]{4,}$/.test(said);
  if (!isEmail && !isPhone) return tell(ask, words.wrongAddress, address);
  isNewAddress = Boolean(name) && isEmail;
  const step = !name ? "code/request" : isEmail ? "signup" : "phone/signup";
  const body = isEmail ? { email: said } : { phone: said };
  if (name) body.display_name = name.value.trim();
  busy(ask, async () => {
    const { status, flows } = await post(`auth/${step}`, body);
    if (!flows.includes(isNewAddress ? "verify_email" : "login_by_code")) {
      return tell(ask, told(status, words.wrongAddress), address);
    }
    document.getElementById("sent-to").textContent = said;
    swap(ask, confirm, document.getElementById("sent"));
  });
});

confirm.addEventListener("submit", (event) => {
  event.preventDefault();
  // Read aloud or copied, a code comes with blanks and dashes.
  const code = confirm.elements.code.value.replace(/\D/g, "");
  if (code.length !== 6) return tell(confirm, words.wrongCode, confirm.elements.code);
  busy(confirm, async () => {
    const { status, flows } = isNewAddress
      ? await post(`auth/email/verify`, { key: code })
      : await post(`auth/code/confirm`, { code });
    if (status === 200) return goOn();
    if (flows.includes("mfa_authenticate")) {
      return swap(confirm, second, document.getElementById("lock"));
    }
    // 409: too many tries or too late, the flow is over.
    tell(confirm, told(status, status === 409 ? words.expired : words.wrongCode), confirm.elements.code);
  });
});

second.addEventListener("submit", (event) => {
  event.preventDefault();
  const code = second.elements.shown.value.replace(/\D/g, "");
  busy(second, async () => {
    const { status } = await post(`auth/2fa/authenticate`, { code });
    if (status === 200) return goOn();
    tell(second, told(status, words.wrongCode), second.elements.shown);
  });
});

const byKey = document.getElementById("by-key");
if (byKey && hasKeys()) {
  byKey.hidden = false;
  byKey.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(byKey, async () => {
      const asked = await send("GET", "auth/webauthn/login");
      if (asked.status !== 200) return tell(byKey, told(asked.status, words.wrongKey));
      const credential = await useKey(asked.data.request_options);
      if (!credential) return tell(byKey, words.wrongKey);
      const { status } = await post("auth/webauthn/login", { credential });
      if (status === 200) return goOn();
      tell(byKey, told(status, words.wrongKey));
    });
  });
}

document.getElementById("again").addEventListener("click", () => {
  confirm.reset();
  tell(confirm, "");
  swap(confirm, ask, ask.elements.address);
});

async function post(step, body) {
  const { status, flows } = await send("POST", step, body);
  return { status, flows: flows.filter((flow) => flow.is_pending).map((flow) => flow.id) };
}

function told(status, otherwise) {
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
