/** The keys on one's devices: adding one, naming it, taking it away. */

import { hasKeys, makeKey, send } from "../village/account.js";
import { acts, proved, tell } from "./proof.js";

const KEYS = "account/authenticators/webauthn";
const add = document.getElementById("add");

if (hasKeys()) {
  acts(add, async () => {
    const asked = await proved(() => send("GET", `${KEYS}?passwordless`));
    if (asked.status !== 200) return asked.status;
    const credential = await makeKey(asked.data.creation_options);
    if (!credential) return tell(add, add.dataset.notMade);
    const name = add.elements.name.value.trim() || add.elements.name.placeholder;
    return (await send("POST", KEYS, { name, credential })).status;
  });
} else {
  tell(add, add.dataset.cannot);
  add.querySelector("button").hidden = true;
}

for (const form of document.querySelectorAll("form[data-key]")) {
  const id = Number(form.dataset.key);
  acts(form, async (button) => {
    if (button.value === "remove") {
      return (await proved(() => send("DELETE", KEYS, { authenticators: [id] }))).status;
    }
    const name = form.elements.name.value.trim();
    return name ? (await proved(() => send("PUT", KEYS, { id, name }))).status : 400;
  });
}
