/** Lets this browser be told things while no page is open, and no longer: once the person says so. */

const DEVICES = "/api/v1/me/devices";
const place = document.getElementById("this-browser");
const told = place?.querySelector(".told");
const csrf = document.querySelector('meta[name="csrf"]').content;
const PATIENCE = 10_000; // ms: a browser that cannot reach its push service may never answer
const isOurs = !document.body.dataset.actingFor; // nobody is told somebody else's matters

if (place && isOurs && "serviceWorker" in navigator && "PushManager" in window) start();

async function start() {
  const worker = await navigator.serviceWorker.register("/service-worker.js");
  place.hidden = false;
  for (const button of place.querySelectorAll("button")) {
    button.addEventListener("click", () => turn(worker, button.dataset.turn));
  }
  const known = await worker.pushManager.getSubscription();
  // Its keys change now and then: the village hears of it each time it is seen here.
  if (known) await register(known);
  show(Boolean(known));
}

async function turn(worker, way) {
  try {
    if (way === "on") {
      told.textContent = place.dataset.asking;
      const options = { userVisibleOnly: true, applicationServerKey: bytes(place.dataset.key) };
      const made = await soon(worker.pushManager.subscribe(options));
      await register(made);
    } else {
      const known = await worker.pushManager.getSubscription();
      await known?.unsubscribe();
      const id = localStorage.getItem("device");
      if (id) await ask("DELETE", `${DEVICES}/${id}`);
      localStorage.removeItem("device");
    }
    show(way === "on");
    place.querySelector("button:not([hidden])").focus();
  } catch {
    told.textContent = Notification.permission === "denied" ? place.dataset.refused : place.dataset.failed;
  }
}

async function register(subscription) {
  const answer = await ask("POST", DEVICES, { kind: "webpush", subscription: subscription.toJSON() });
  if (!answer.ok) throw new Error(`not registered: ${answer.status}`);
  localStorage.setItem("device", (await answer.json()).id);
}

function soon(answer) {
  const late = (_, refuse) => setTimeout(() => refuse(new Error("no answer")), PATIENCE);
  return Promise.race([answer, new Promise(late)]);
}

function ask(method, address, body) {
  const headers = { "X-CSRFToken": csrf, "Content-Type": "application/json" };
  return fetch(address, { method, headers, body: body && JSON.stringify(body) });
}

function show(isOn) {
  told.textContent = isOn ? place.dataset.on : place.dataset.off;
  place.querySelector('[data-turn="on"]').hidden = isOn;
  place.querySelector('[data-turn="off"]').hidden = !isOn;
}

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (each) => each.charCodeAt(0));
}
