// node's `ws` with a ready frame: built once per event, written to every follower's socket.
"use strict";
const { WebSocketServer, Sender } = require("ws");

const boards = new Map();
const server = new WebSocketServer({
  host: "127.0.0.1", port: Number(process.argv[2]), perMessageDeflate: false, backlog: 4096,
});

server.on("connection", (socket, request) => {
  socket._socket.setNoDelay(true);
  if (request.url === "/publish") {
    socket.on("message", (data) => {
      const at = data.indexOf("|");
      const followers = boards.get(data.toString("latin1", 0, at));
      if (!followers) return;
      const options = { fin: true, opcode: 1, mask: false, readOnly: true, rsv1: false };
      const frame = Buffer.concat(Sender.frame(data.subarray(at + 1), options));
      for (const follower of followers) follower._socket.write(frame);
    });
    return;
  }
  const board = request.url.slice(request.url.lastIndexOf("/") + 1);
  if (!boards.has(board)) boards.set(board, new Set());
  boards.get(board).add(socket);
  socket.on("close", () => boards.get(board).delete(socket));
  socket.send(`{"type":"subscribed","topic":"bench/${board}","seq":0}`);
});
