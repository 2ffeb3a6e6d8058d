/**
 * One's own account in a browser: allauth's headless API, and the keys of this device.
 *
 * https://docs.allauth.org/en/latest/headless/openapi-specification/ and, for keys (passkeys),
 * https://www.w3.org/TR/webauthn-2/. On the wire bytes are base64url without padding.
 */

const API = "/_allauth/browser/v1/";

/** Ask the village; gives {status, data, flows}. Throws when it does not answer. */
export async function send(method, step, body) {
  const answer = await fetch(API + step, {
    method,
    headers: {
      Accept: "application/json",
      "X-CSRFToken": document.querySelector('meta[name="csrf"]').content,
      ...(body && { "Content-Type": "application/json" }),
    },
    body: body && JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  return { status: answer.status, data: said.data, flows: said.data?.flows ?? [] };
}

/** Tell whether this device can keep a key for this village: one is of a name, never of a number. */
export const hasKeys = () =>
  Boolean(window.PublicKeyCredential) && window.isSecureContext && !/^[\d.]+$|:/.test(location.hostname);

/** Let the device make a key; null when the person changed her mind. */
export const makeKey = ({ publicKey: asked }) =>
  unlessRefused(() =>
    navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: bytes(asked.challenge),
        user: { ...asked.user, id: bytes(asked.user.id) },
        excludeCredentials: known(asked.excludeCredentials),
      },
    }),
  );

/** Let the device sign with a key it has; null when the person changed her mind. */
export const useKey = ({ publicKey: asked }) =>
  unlessRefused(() =>
    navigator.credentials.get({
      publicKey: {
        ...asked,
        challenge: bytes(asked.challenge),
        allowCredentials: known(asked.allowCredentials),
      },
    }),
  );

/**
 * Do what needs a fresh proof of who one is, which is asked for where it is missing.
 *
 * `askDigits()` gives what an app for codes shows now, or null. Gives the answer of `act`.
 */
export async function proving(act, askDigits) {
  const answer = await act();
  const proof = answer.flows.find((flow) => flow.id === "mfa_reauthenticate");
  if (answer.status !== 401 || !proof) return answer;
  const shown = proof.types.includes("totp") ? await byDigits(askDigits) : await byKey();
  return shown.status === 200 ? act() : shown;
}

async function byDigits(askDigits) {
  const code = await askDigits();
  return code ? send("POST", "auth/2fa/reauthenticate", { code }) : { status: 0, flows: [] };
}

async function byKey() {
  const asked = await send("GET", "auth/webauthn/reauthenticate");
  const credential = asked.status === 200 && (await useKey(asked.data.request_options));
  return credential ? send("POST", "auth/webauthn/reauthenticate", { credential }) : asked;
}

async function unlessRefused(ask) {
  try {
    return shown(await ask());
  } catch (error) {
    // NotAllowedError: she closed the window of her device; InvalidStateError: it has a key already.
    if (["NotAllowedError", "InvalidStateError", "AbortError"].includes(error.name)) return null;
    throw error;
  }
}

function shown(key) {
  const { clientDataJSON, attestationObject, authenticatorData, signature, userHandle } = key.response;
  const parts = { clientDataJSON, attestationObject, authenticatorData, signature, userHandle };
  const filled = Object.entries(parts).filter(([, part]) => part);
  return {
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    response: Object.fromEntries(filled.map(([name, part]) => [name, text(part)])),
    clientExtensionResults: key.getClientExtensionResults(),
  };
}

const known = (keys = []) => keys.map((key) => ({ ...key, id: bytes(key.id) }));

function bytes(said) {
  const binary = atob(said.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
