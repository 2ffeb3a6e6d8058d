/** One's phone number: it is kept once a code that was sent there has been said. */

import { send } from "../village/account.js";
import { acts, proved, tell } from "./proof.js";

const ask = document.getElementById("ask");
const say = document.getElementById("say");

if (ask) {
  acts(ask, async () => {
    const phone = ask.elements.phone.value.trim();
    const asked = await proved(() => send("POST", "account/phone", { phone }));
    if (asked.status !== 202) return asked.status === 200 ? 400 : asked.status;
    document.getElementById("sent-to").textContent = phone;
    say.hidden = false;
    document.getElementById("sent").focus();
  });
  acts(say, async () => {
    // Read aloud or copied, a code comes with blanks and dashes.
    const code = say.elements.code.value.replace(/\D/g, "");
    if (code.length !== 6) return tell(say, say.dataset.wrong);
    const { status } = await send("POST", "auth/phone/verify", { code });
    if (status === 400) return tell(say, say.dataset.wrong);
    return status;
  });
}
