/**
 * Pages that move: a region follows a topic, and fetches itself anew when something happens there.
 *
 *   <section data-live="villages/lindental/news" data-epoch="9f3c" data-seq="41" data-src="/...">
 *     <article data-card="<id>" data-src="/articles/<id>/card">...</article>
 *   </section>
 *
 * The position was taken before the region was read, so nothing is missed in between. A frame that
 * names a card of the region has this card fetched if it has an address, and so has one about who
 * speaks on it (data-speaker); any other has the region fetched, unless its kind does not begin with
 * data-kinds, or the region is data-cards="only". What comes is morphed into the page by htmx, so
 * that the focus and the reader's place stay.
 */

import { connect } from "./village.js";

const SAY_AGAIN = 15_000; // ms: something new is announced at most this often
const LOOKING = 30_000; // ms: how often the village hears that this page is being looked at
const PATIENCE = 2_000; // ms without a connection before anybody is told
const LONGEST_PAUSE = 30_000; // ms between two tries to fetch
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const marker = document.getElementById("live");
const said = document.getElementById("said");
const actingFor = document.body.dataset.actingFor;

const regions = new Map(); // topic -> the regions that follow it
for (const region of document.querySelectorAll("[data-live]")) {
  regions.set(region.dataset.live, [...(regions.get(region.dataset.live) ?? []), region]);
}
if (regions.size > 0) follow();

function follow() {
  const village = connect({ url: "/ws", ...(actingFor && { ticket: newTicket }) });
  const states = new Map();
  for (const [topic, places] of regions) {
    village.follow(topic, {
      since: oldest(places),
      onEvent: (frame) => places.forEach((place) => move(place, frame)),
      onReset: async () => {
        await Promise.all(places.map(refresh));
        return oldest(places);
      },
      onState: ({ state }) => {
        states.set(topic, state);
        mark([...states.values()]);
      },
    });
  }
  if (!actingFor) {
    sayThatIAmLooking();
    setInterval(sayThatIAmLooking, LOOKING);
  }
  // A page that rests in the browser's memory holds no connection; shown again, it is read anew.
  addEventListener("pagehide", () => village.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

/** Whoever sees it here needs no push. When that fails, one comes: no harm done. */
function sayThatIAmLooking() {
  if (document.visibilityState !== "visible") return;
  const csrf = document.querySelector('meta[name="csrf"]').content;
  fetch("/api/v1/me/presence", { method: "POST", headers: { "X-CSRFToken": csrf } }).catch(() => {});
}

/** Ask for a socket of the person this page is for; none to be had means that it is over. */
async function newTicket() {
  const answer = await fetch("/api/v1/realtime/tickets", {
    method: "POST",
    headers: {
      "X-Acting-For": actingFor,
      "X-CSRFToken": document.querySelector('meta[name="csrf"]').content,
    },
  });
  if (answer.status === 401 || answer.status === 403) return undefined;
  if (!answer.ok) throw new Error(`no ticket: ${answer.status}`);
  return (await answer.json()).ticket;
}

function oldest(places) {
  const [first, ...others] = places.map(({ dataset }) => ({
    epoch: dataset.epoch,
    seq: Number(dataset.seq),
  }));
  return others.reduce((low, each) => (each.seq < low.seq ? each : low), first);
}

// What moves

async function move(region, frame) {
  if (!frame.kind.startsWith(region.dataset.kinds)) return;
  const named = ids(frame.data);
  const speaker = frame.data?.institution; // whose badge has changed
  const cards = [...region.querySelectorAll("[data-card]")].filter(
    ({ dataset }) => named.has(dataset.card) || (speaker && speaker === dataset.speaker),
  );
  if (cards.length === 0 && region.dataset.cards === "only") return;
  const alone = cards.filter((card) => card.dataset.src);
  await Promise.all((alone.length > 0 ? alone : [region]).map(refresh));
}

/** Find the ids that a frame names, wherever it names them. */
function ids(value, found = new Set()) {
  if (typeof value === "string" && ID.test(value)) found.add(value);
  else if (value && typeof value === "object") Object.values(value).forEach((v) => ids(v, found));
  return found;
}

const fetching = new WeakMap(); // element -> { now, next }, both promises

/** Fetch a part of the page anew; however often it is asked for meanwhile, it is fetched once more. */
function refresh(part) {
  const turn = fetching.get(part) ?? {};
  fetching.set(part, turn);
  if (turn.next) return turn.next;
  const begin = () => {
    turn.next = undefined;
    turn.now = fetched(part).finally(() => (turn.now = undefined));
    return turn.now;
  };
  if (!turn.now) return begin();
  turn.next = turn.now.then(begin, begin);
  return turn.next;
}

async function fetched(part) {
  for (let tries = 0; part.isConnected; tries += 1) {
    const answer = await fetch(part.dataset.src, { headers: { "HX-Request": "true" } }).catch(
      () => undefined,
    );
    if (answer?.status === 404) return part.dataset.card ? part.remove() : gone(part);
    if (answer?.ok && !answer.redirected) return show(part, await answer.text());
    if (answer && answer.status < 500) throw new Error(`${part.dataset.src}: ${answer.status}`);
    await new Promise((resume) => setTimeout(resume, Math.min(LONGEST_PAUSE, 500 * 2 ** tries)));
  }
}

async function show(part, text) {
  const known = new Set(cardsOf(part));
  await window.htmx.swap({ sourceElement: part, target: part, text, swap: "outerMorph" });
  const news = cardsOf(part).filter((card) => !known.has(card));
  if (known.size > 0) news.forEach((id) => part.querySelector(`[data-card="${id}"]`)?.classList.add("is-new"));
  if (news.length > 0) say();
}

/** Say in its place that something was taken away while it was read. */
function gone(part) {
  const words = document.createElement("p");
  words.className = "nothing";
  words.textContent = said.dataset.gone;
  part.replaceChildren(words);
}

const cardsOf = (part) => [...part.querySelectorAll("[data-card]")].map(({ dataset }) => dataset.card);

// What is said

let saidAt = -SAY_AGAIN;

function say() {
  if (performance.now() - saidAt < SAY_AGAIN) return;
  saidAt = performance.now();
  said.textContent = said.dataset.new;
  setTimeout(() => (said.textContent = ""), SAY_AGAIN / 2);
}

let marking;

function mark(states) {
  const followed = states.filter((each) => each !== "refused");
  const isLive = followed.every((each) => each === "live");
  const state = followed.includes("ended") ? "Ended" : isLive ? "Live" : "Away";
  clearTimeout(marking);
  // A cut that heals at once is nobody's business.
  const wait = state === "Away" ? PATIENCE : 0;
  marking = setTimeout(() => {
    if (marker.dataset.state === state) return;
    marker.hidden = followed.length === 0;
    marker.dataset.state = state;
    marker.textContent = marker.dataset[`word${state}`];
  }, wait);
}
