/**
 * The reference client of the village's socket, subprotocol `village.v1`: one connection, many
 * topics, every event of a topic once and in order, through cuts, restarts and lost history.
 *
 *   const village = connect({ url: "/ws" });
 *   village.follow("villages/lindental/news", {
 *     since: position,                              // the one the list was loaded with
 *     onEvent: { "news.article_published": (frame) => show(frame.data) },
 *     onReset: async ({ snapshot }) => {            // too much was missed: load the list again
 *       const list = await (await fetch(`${snapshot}?position=1`)).json();
 *       showAll(list.items);
 *       return list.position;                       // taken before the data was read
 *     },
 *     onState: ({ state }) => badge(state),
 *   });
 *
 * A position is `{epoch, seq}`: all up to `seq` has been handed to `onEvent`. An event is applied
 * iff it is the next one and the server has answered the last question. Events carry no epoch, so
 * what comes between a question and its answer is never applied; the answer starts over anyway.
 *
 * A topic is in one of these states, which `onState` is told with `{topic, state, code}`:
 *   away       there is no connection; one is being tried for
 *   asked      subscribed, not answered yet
 *   live       up to date, or being brought there
 *   resetting  `onReset` is at work
 *   refused    the server does not admit us, `code` says why; leave and follow to ask again
 *   ended      stopped for good: closed by us (1000), signed out (4401) or no longer admitted
 *              (4403) with no new ticket to be had
 */

const FIRST_HEARTBEAT = 25_000; // ms, until the welcome names one
const PULSE = 5_000; // ms: twice in the 10 s within which an event has to be acknowledged
const ACK_EVERY = 64; // events
const TYPING_EVERY = 3_000; // ms
const LONGEST_PAUSE = 30_000; // ms
const AWAY = 3_000; // ms: how long a server goes away that does not say
const LONGEST_AWAY = 300_000; // ms: one that says more has miscounted
const GOING_AWAY = 4410;
const REFUSALS = [4401, 4403]; // not signed in; no longer admitted

/**
 * Connect, and stay connected until `close()`.
 *
 * @param {string} url  of the socket, absolute or of this page's origin
 * @param {() => Promise<string | undefined>} [ticket]  gets a new ticket before each connection;
 *   gives nothing when none can be had, throws when one may be had later. Without it the session
 *   is known by its cookie.
 * @param {Storage} [storage]  keeps positions over a reload of the page, for topics followed
 *   without `since`; only for a page that keeps what it has shown as well
 * @param [WebSocket], [now] in ms, [random] in [0, 1), [after] a timer that gives its cancel:
 *   for tests
 * @throws {TypeError} if the address is none
 */
export function connect({
  url,
  ticket,
  storage,
  WebSocket = globalThis.WebSocket,
  now = Date.now,
  random = Math.random,
  after = later,
}) {
  const address = new URL(url, globalThis.location?.href);
  address.protocol = address.protocol.replace("http", "ws");

  const topics = new Map();
  const clock = unfalling(now);
  let socket = null;
  let welcomedAt = null;
  let heardAt = 0;
  let heartbeat = FIRST_HEARTBEAT;
  let ackEvery = ACK_EVERY;
  let resident; // whom the server took us for
  let refusal = null; // the close code that a new ticket is to heal
  let attempts = 0;
  let awayFor = AWAY;
  let ended = null; // the code that ended it
  let stopTimer = () => {};

  const jitter = (tries) => random() * Math.min(LONGEST_PAUSE, 500 * 2 ** tries);
  const send = (frame) => {
    if (socket?.readyState === 1) socket.send(JSON.stringify(frame));
  };
  const tell = (t, state, code) => {
    if (t.state === state) return;
    t.state = state;
    attempt(t.onState, { topic: t.topic, state, code });
  };

  // The connection

  async function dial() {
    let pass;
    try {
      pass = await ticket?.();
    } catch (error) {
      console.warn("village: no ticket yet", error);
      return lost();
    }
    if (ended !== null) return;
    if (refusal !== null && !pass) return end(refusal);
    const opening = new WebSocket(address.href, "village.v1");
    const mine = (act) => (event) => opening === socket && act(event);
    opening.onopen = mine(() => send({ type: "hello", ...(pass && { ticket: pass }) }));
    opening.onmessage = mine(({ data }) => receive(data));
    opening.onclose = mine(({ code, reason }) => lost(code, reason));
    socket = opening;
    awayFor = AWAY;
    heardAt = clock();
    pulse();
  }

  function hangUp() {
    stopTimer();
    const old = socket;
    socket = welcomedAt = null;
    old?.close();
  }

  function lost(code, reason) {
    if (ended !== null) return;
    // Only a connection that lasted proves the server well; one that merely opened does not.
    if (welcomedAt !== null && clock() - welcomedAt >= heartbeat) attempts = 0;
    hangUp();
    if (REFUSALS.includes(code)) {
      // A new ticket heals this once. Refused again without a welcome, it never will.
      if (!ticket || refusal !== null) return end(code);
      refusal = code;
    }
    const away = Math.min(LONGEST_AWAY, retryAfter(reason) ?? awayFor);
    stopTimer = after(code === GOING_AWAY ? random() * away : jitter(attempts), dial);
    attempts += 1;
    for (const t of topics.values()) {
      t.unacked = 0;
      if (t.state === "asked" || t.state === "live") tell(t, "away");
    }
  }

  function end(code) {
    if (ended !== null) return;
    ended = code;
    hangUp();
    for (const t of topics.values()) tell(t, "ended", code);
  }

  function pulse() {
    const silence = clock() - heardAt;
    if (silence >= 2 * heartbeat) return lost();
    if (welcomedAt !== null && silence >= heartbeat) send({ type: "ping" });
    for (const t of topics.values()) if (t.unacked > 0) ack(t);
    stopTimer();
    stopTimer = after(Math.min(PULSE, heartbeat / 2), pulse);
  }

  function receive(text) {
    heardAt = clock();
    const frame = parsed(text);
    if (frame?.type === "welcome") return welcome(frame);
    if (frame?.type === "ping") return send({ type: "pong" });
    if (frame?.type === "top") {
      for (const t of topics.values()) top(t, frame.positions?.[t.topic]);
      return;
    }
    // Said before a close with 4410, where a server cannot give a reason with it.
    if (frame?.type === "going_away" && frame.retry_after > 0) awayFor = frame.retry_after * 1000;
    const t = topics.get(frame?.topic);
    if (t === undefined) return;
    if (frame.type === "event" && isSeq(frame.seq)) event(t, frame);
    if (frame.type === "subscribed" && isPosition(frame)) subscribed(t, frame);
    if (frame.type === "reset" && isPosition(frame)) startOver(t, frame);
    if (frame.type === "refused") tell(t, "refused", frame.code);
    if (frame.type === "typing") attempt(t.onTyping, frame);
  }

  function welcome(frame) {
    // Somebody else has signed in here: her positions are not ours.
    if (resident !== undefined && resident !== frame.resident) return end(REFUSALS[0]);
    resident = frame.resident;
    refusal = null;
    welcomedAt = clock();
    if (frame.heartbeat > 0) heartbeat = frame.heartbeat * 1000;
    if (frame.window > 0) ackEvery = Math.max(1, Math.min(ACK_EVERY, Math.floor(frame.window / 2)));
    pulse();
    for (const t of topics.values()) if (t.state === "away") ask(t);
  }

  // One topic

  function ask(t) {
    t.position ??= stored(t.topic);
    t.unacked = t.topsUnanswered = 0;
    t.askedSince = t.position !== undefined;
    send({ type: "subscribe", topic: t.topic, ...(t.askedSince && { since: t.position }) });
    tell(t, "asked");
  }

  function subscribed(t, { epoch, seq, recovered }) {
    if (t.state !== "asked" && t.state !== "live") return;
    t.position ??= { epoch, seq };
    // A list that was read before its topic's first event stands at the beginning of any epoch.
    if (t.position.epoch === "" && t.position.seq === 0) t.position = { epoch, seq: 0 };
    const moved = t.position.epoch !== epoch;
    const unrecovered = t.state === "asked" && t.askedSince && recovered !== true;
    if (moved || unrecovered) {
      // The server goes on from elsewhere than we are: a reset by another name.
      return startOver(t, { reason: moved ? "epoch" : "trimmed", epoch, seq });
    }
    t.resetsInARow = 0;
    tell(t, "live");
  }

  function event(t, frame) {
    if (t.state !== "live" || frame.seq <= t.position.seq) return;
    if (frame.seq > t.position.seq + 1) return ask(t);
    t.position = { epoch: t.position.epoch, seq: frame.seq };
    t.unacked += 1;
    if (t.unacked >= ackEvery) ack(t);
    attempt(typeof t.onEvent === "function" ? t.onEvent : own(t.onEvent, frame.kind), frame);
    store(t);
  }

  function ack(t) {
    t.unacked = 0;
    send({ type: "ack", topic: t.topic, seq: t.position.seq });
  }

  function top(t, seq) {
    if (t.state === "live" && isSeq(seq) && seq > t.position.seq) ask(t);
    // One heartbeat may cross the answer on its way; after two there is none coming.
    else if (t.state === "asked" && (t.topsUnanswered += 1) === 2) ask(t);
  }

  async function startOver(t, { reason, epoch, seq, snapshot }) {
    if (t.state !== "asked" && t.state !== "live") return;
    t.unacked = 0;
    tell(t, "resetting");
    let position;
    while (position === undefined) {
      // The first snapshot is fetched at once; one that did not help is not asked for in a hurry.
      const tries = t.resetsInARow++;
      if (tries > 0) await new Promise((resume) => after(jitter(tries), resume));
      if (topics.get(t.topic) !== t || t.state !== "resetting") return;
      try {
        const restore = t.onReset ?? (() => ({ epoch, seq }));
        position = checked(await restore({ reason, epoch, seq, snapshot }));
      } catch (error) {
        console.warn(`village: no snapshot of ${t.topic} yet`, error);
      }
    }
    if (topics.get(t.topic) !== t || t.state !== "resetting") return;
    t.position = position;
    store(t);
    if (welcomedAt === null) tell(t, "away");
    else ask(t);
  }

  // Kept positions are one resident's, as the meaning of residents/me is.

  const key = (topic) => `village:${resident}:${topic}`;

  function stored(topic) {
    const position = parsed(storage?.getItem(key(topic)));
    return isPosition(position) ? position : undefined;
  }

  function store(t) {
    attempt((position) => storage?.setItem(key(t.topic), JSON.stringify(position)), t.position);
  }

  dial();
  return {
    /**
     * Follow a topic from `since`, or from what the server has at the moment of its answer.
     *
     * `onEvent` takes all frames, or has a handler by kind; an event of another kind counts as
     * seen. `onReset({snapshot, epoch, seq, reason})` shows the snapshot and gives its position;
     * without it the topic goes on from the reset's own. `onTyping` takes frames of `typing`.
     *
     * @throws {Error} if the topic is followed already
     * @throws {TypeError} if `since` is no position
     */
    follow(topic, { since, onEvent, onReset, onState, onTyping } = {}) {
      if (topics.has(topic)) throw new Error(`${topic} is followed already`);
      const position = since ? checked(since) : undefined;
      const t = { topic, position, onEvent, onReset, onState, onTyping, state: "away" };
      t.unacked = t.resetsInARow = 0;
      topics.set(topic, t);
      if (ended !== null) tell(t, "ended", ended);
      else if (welcomedAt !== null) ask(t);
      return {
        leave() {
          if (topics.get(topic) !== t) return;
          topics.delete(topic);
          if (t.state === "asked" || t.state === "live") send({ type: "unsubscribe", topic });
        },
        position: () => t.position,
      };
    },

    /** Show the others on a topic that we are writing: at each key, sent every few seconds. */
    typing(topic) {
      const t = topics.get(topic);
      if (t?.state !== "live" || clock() - t.typedAt < TYPING_EVERY) return;
      t.typedAt = clock();
      send({ type: "typing", topic });
    },

    /** Say good-bye and stop for good. */
    close: () => end(1000),
  };
}

const isSeq = (value) => Number.isSafeInteger(value) && value >= 0;
const isPosition = (value) => typeof value?.epoch === "string" && isSeq(value.seq);
const own = (object, name) => (object && Object.hasOwn(object, name) ? object[name] : undefined);

function checked(position) {
  if (!isPosition(position)) throw new TypeError("a position is {epoch, seq}");
  return { epoch: position.epoch, seq: position.seq };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no frame, or no position, of ours
  }
}

/** Call a handler of the page; its mistakes are its own and stop nothing here. */
function attempt(handler, value) {
  try {
    handler?.(value);
  } catch (error) {
    console.error("village:", error);
  }
}

/** Read the seconds that a server which goes away names in its close reason, as ms. */
function retryAfter(reason) {
  const found = /retry_after"?\s*[:=]\s*(\d+(?:\.\d+)?)/.exec(reason);
  return found ? Number(found[1]) * 1000 : undefined;
}

/** Hold a wall clock from running backwards; a monotonic one stands still while a laptop sleeps. */
function unfalling(now) {
  let latest = now();
  let lag = 0;
  return () => {
    const read = now();
    lag += Math.max(0, latest - read);
    latest = read;
    return read + lag;
  };
}

function later(ms, then) {
  const timer = setTimeout(then, ms);
  return () => clearTimeout(timer);
}
