// What a page needs to be a phone, and what tests ask it: which tone it hears.
import { Web } from "/sip.js/index.js";

const audio = document.getElementById("party");
const picture = document.getElementById("picture");
let user, analyser;

function listen() {
  const context = new AudioContext();
  analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  analyser.smoothingTimeConstant = 0;
  // SIP.js gives both to the picture, where there is one.
  context.createMediaStreamSource(audio.srcObject ?? picture.srcObject).connect(analyser);
}

/** The loudest frequency, in hertz; 0 where it is quiet. */
function tone() {
  if (!analyser) return 0;
  const decibels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(decibels);
  const loudest = decibels.indexOf(Math.max(...decibels));
  if (decibels[loudest] < -60) return 0;
  return (loudest * analyser.context.sampleRate) / analyser.fftSize;
}

const peer = () => user.session.sessionDescriptionHandler.peerConnection;

window.phone = {
  state: "idle",
  async register(server, name, password, media = "audio") {
    const video = media === "video";
    user = new Web.SimpleUser(server, {
      aor: `sip:${name}@127.0.0.1`,
      media: {
        constraints: {
          audio: { autoGainControl: false, echoCancellation: false, noiseSuppression: false },
          video,
        },
        remote: video ? { audio, video: picture } : { audio },
      },
      userAgentOptions: {
        authorizationUsername: name,
        authorizationPassword: password,
        logBuiltinEnabled: false,
        sessionDescriptionHandlerFactoryOptions: { iceGatheringTimeout: 500 },
      },
      delegate: {
        onCallReceived: () => {
          phone.state = "ringing";
        },
        onCallAnswered: () => {
          phone.state = "talking";
          listen();
        },
        onCallHangup: () => {
          phone.state = "idle";
        },
        onCallHold: (held) => {
          phone.state = held ? "holding" : "talking";
        },
      },
    });
    await user.connect();
    await new Promise((done) => user.register({ requestDelegate: { onAccept: done } }));
  },
  call: (number) => user.call(`sip:${number}@127.0.0.1`),
  answer: () => user.answer(),
  hangup: () => user.hangup(),
  hold: () => user.hold(),
  resume: () => user.unhold(),
  // By events of RFC 4733, as browsers have them; SIP.js itself would send INFO.
  async press(digits) {
    const { dtmf } = peer().getSenders()[0];
    while (!dtmf.canInsertDTMF) await new Promise((done) => setTimeout(done, 50)); // not connected yet
    dtmf.insertDTMF(digits, 150, 80);
  },
  tone,
  async secured() {
    const stats = await peer().getStats();
    const found = {};
    for (const each of stats.values()) {
      if (each.type === "transport")
        Object.assign(found, { dtls: each.dtlsState, cipher: each.srtpCipher, role: each.dtlsRole });
      if (each.type === "inbound-rtp") found.lost = each.packetsLost;
      if (each.type === "inbound-rtp" && each.kind === "video") found.frames = each.framesDecoded;
      if (each.type === "codec") found.codec = each.mimeType;
    }
    return found;
  },
};
