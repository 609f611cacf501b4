// A FastAGI server on ding-dong, as its users write them.
const AGIServer = require("ding-dong");

const handler = (context) => {
  context
    .onEvent("variables")
    .then((variables) => context.setVariable("FROM_NODE", variables.agi_extension + " " + variables.agi_network_script))
    .then(() => context.streamFile("silence/1", "#"))
    .then((result) => context.setVariable("STREAMED", "code " + result.code + " result " + result.result))
    .then(() => context.exec("Set", "EXECUTED=yes"))
    .then(() => context.end());
};

new AGIServer(handler, { debug: false }).start(Number(process.argv[2]));
console.log("up");
