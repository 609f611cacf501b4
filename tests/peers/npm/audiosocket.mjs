// An echo on asterisk-audiosocket, as its users write one.
import { AudioSocketServer } from "asterisk-audiosocket";

const server = new AudioSocketServer({ port: 0 });
server.on("connection", (call) => {
  call.on("id", (uuid) => console.log("call " + uuid));
  call.on("audio", (pcm) => call.play(pcm));
  call.on("hangup", () => console.log("over"));
});
await server.listen();
console.log(server.address.port);
