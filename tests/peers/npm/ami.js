// Connects with asterisk-ami-client, originates, redirects, hears events; prints what it saw.
const AmiClient = require('asterisk-ami-client')

const client = new AmiClient({ reconnect: false })
const seen = []

function action (fields) {
  return client.action(fields, true)
}

client.connect('boss', 'top', { host: '127.0.0.1', port: Number(process.argv[2]) })
  .then(() => {
    client.on('event', event => seen.push(event.Event))
    return action({ Action: 'Ping' })
  })
  .then(pong => {
    console.log('ping', pong.Response, pong.Ping)
    return action({
      Action: 'Originate', Channel: 'Local/wait@phones/n', Application: 'Wait', Data: '30', Async: 'true'
    })
  })
  .then(answer => {
    console.log('originate', answer.Response)
    return new Promise(resolve => setTimeout(resolve, 1000))
  })
  .then(() => action({ Action: 'CoreShowChannels' }))
  .then(list => {
    console.log('list', list.Message)
    return action({ Action: 'Command', Command: 'core show channels count' })
  })
  .then(answer => {
    console.log('command', answer.Response)
    const wanted = ['Newchannel', 'VarSet', 'Newexten', 'OriginateResponse']
    console.log('events', wanted.every(name => seen.includes(name)))
    return action({ Action: 'Hangup', Channel: '/^Local/wait.*/' })
  })
  .then(() => process.exit(0))
  .catch(error => {
    console.log('failed', error.message)
    process.exit(1)
  })
setTimeout(() => process.exit(2), 20000)
