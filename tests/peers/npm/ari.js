// An application with npm's ari-client: takes a call, plays, hears a key, records, hangs up; says what happened.
const client = require('ari-client')

async function main (url) {
  const ari = await client.connect(url, 'boss', 'top')
  ari.on('StasisStart', async (event, channel) => {
    console.log('start', event.args.join(','))
    if (event.args[0] !== 'other') return
    await channel.answer()
    channel.on('ChannelDtmfReceived', event => console.log('key', event.digit))
    const playback = ari.Playback()
    playback.once('PlaybackFinished', async (event, finished) => {
      console.log('played', finished.media_uri, finished.state)
      const bridge = ari.Bridge()
      await bridge.create({ type: 'mixing' })
      await bridge.addChannel({ channel: channel.id })
      console.log('bridged', (await ari.bridges.list()).some(each => each.id === bridge.id))
      const recording = ari.LiveRecording({ name: 'npm' })
      recording.once('RecordingFinished', async event => {
        console.log('recorded', event.recording.name)
        await bridge.destroy()
        await channel.hangup()
      })
      await channel.record({ name: 'npm', format: 'wav', maxDurationSeconds: 1, ifExists: 'overwrite' }, recording)
    })
    await channel.play({ media: 'digits:42' }, playback)
  })
  ari.on('ChannelDestroyed', (event, channel) => {
    console.log('destroyed', event.cause)
    process.exit(0)
  })
  await ari.start('npm')
  const channel = ari.Channel()
  await channel.originate({ endpoint: 'Local/keys@phones/n', app: 'npm', appArgs: 'other' })
  console.log('originated')
}

setTimeout(() => { console.log('nothing came'); process.exit(2) }, 60000).unref()
main(process.argv[2]).catch(error => { console.log('failed', error); process.exit(1) })
