/**
 * Drives village.js for the tests: reads one command per line, answers with what the client did.
 * Time is virtual, the WebSocket is a fake, and every answer waits until nothing is left to do.
 */
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

// Read as text, so that node takes it for the module that browsers take it for.
const source = await readFile(process.argv[2]);
const { connect } = await import(`data:text/javascript;base64,${source.toString("base64")}`);

let did, now, timers, client, followed, fetches, sockets, jump;

class FakeWebSocket {
  constructor(url, protocol) {
    this.readyState = 0;
    sockets.push(this);
    did.push(["dial", "", { url, protocol }]);
  }
  send(text) {
    did.push(["send", "", JSON.parse(text)]);
  }
  close() {
    this.readyState = 3;
    did.push(["hang_up", "", null]);
  }
}

function after(ms, then) {
  const timer = { at: now + ms, then };
  timers.push(timer);
  return () => {
    timers = timers.filter((other) => other !== timer);
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const line = () => sockets.at(-1);

console.warn = console.error = (...words) => did.push(["warn", "", words.map(String).join(" ")]);

const commands = {
  begin({ tickets, random, url = "ws://village.test/ws", stored = null }) {
    client?.close();
    did = [];
    now = jump = 0;
    timers = [];
    sockets = [];
    followed = new Map();
    fetches = new Map();
    const kept = new Map(Object.entries(stored ?? {}));
    const storage = stored && {
      getItem: (key) => kept.get(key) ?? null,
      setItem(key, value) {
        if (key.endsWith("/full")) throw new Error("QuotaExceededError");
        kept.set(key, value);
        did.push(["store", key, JSON.parse(value)]);
      },
    };
    const ticket = async () => {
      const next = tickets.length > 1 ? tickets.shift() : tickets[0];
      if (next === "later") throw new Error("the ticket office cannot be reached");
      return next ?? undefined;
    };
    client = connect({
      url,
      ticket: tickets ? ticket : undefined,
      storage,
      WebSocket: FakeWebSocket,
      now: () => now + jump,
      random: () => random,
      after,
    });
  },
  follow({ topic, since, kinds, breaks }) {
    const note = (frame) => {
      did.push(["apply", topic, frame]);
      if (breaks) throw new Error("a mistake of the page");
    };
    followed.set(topic, client.follow(topic, {
      since: since ?? undefined,
      onEvent: kinds ? Object.fromEntries(kinds.map((kind) => [kind, note])) : note,
      onReset: (reset) => new Promise((resolve, reject) => {
        fetches.set(topic, { resolve, reject });
        did.push(["fetch", topic, { ...reset, snapshot: reset.snapshot ?? null }]);
      }),
      onState: ({ state, code }) => did.push(["state", topic, [state, code ?? null]]),
      onTyping: (frame) => did.push(["typing", topic, frame]),
    }));
  },
  leave({ topic }) {
    followed.get(topic)?.leave();
    followed.delete(topic);
  },
  typing: ({ topic }) => client.typing(topic),
  close: () => client.close(),
  opened() {
    line().readyState = 1;
    line().onopen?.({});
  },
  frame: ({ text }) => line().onmessage?.({ data: text }),
  closed({ code, reason }) {
    line().readyState = 3;
    line().onclose?.({ code, reason });
  },
  snapshot({ topic, position }) {
    const { resolve, reject } = fetches.get(topic);
    if (position) resolve(position);
    else reject(new Error("the snapshot cannot be had"));
  },
  answer: ({ topic, value }) => fetches.get(topic).resolve(value),
  jump({ ms }) {
    jump += ms;
  },
  async elapse({ ms }) {
    const end = now + ms;
    for (;;) {
      const due = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      timers = timers.filter((other) => other !== due);
      now = Math.max(now, due.at);
      due.then();
      await settle();
    }
    now = end;
  },
};

for await (const text of createInterface({ input: process.stdin })) {
  const command = JSON.parse(text);
  let error = null;
  did = [];
  try {
    await commands[command.do](command);
  } catch (failure) {
    error = String(failure.message);
  }
  await settle();
  // A pause of no length is over in the same turn.
  await commands.elapse({ ms: 0 });
  const positions = {};
  for (const [topic, { position }] of followed) if (position()) positions[topic] = position();
  process.stdout.write(`${JSON.stringify({ did, positions, error })}\n`);
}
