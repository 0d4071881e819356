// What a well-behaved client does not do.
//
//   node rough.mjs key MULTIADDR            comes with a key that is not Ed25519
//   node rough.mjs upload MULTIADDR BYTES   hands all these bytes over at once, in frames on one stream
//
// Prints what came of it as one JSON object.

import { generateKeyPair } from '@libp2p/crypto/keys'

import { frameOf, frames, multiaddr, start } from './libp2p.mjs'

const PIECE = 200 * 1024
const LONG_MS = 60_000

async function key (address) {
  const node = await start({ privateKey: await generateKeyPair('secp256k1') })
  try {
    const stream = await node.dialProtocol(address, '/erikti/hello/1', { signal: AbortSignal.timeout(LONG_MS) })
    stream.send(frameOf(Buffer.from('{}')))
    for await (const frame of frames(stream)) return { answered: frame.length > 0 }
    return { answered: false }
  } catch (error) {
    return { answered: false, error: `${error.name}: ${error.message}` }
  } finally {
    await node.stop()
  }
}

async function upload (address, bytes) {
  const node = await start()
  try {
    const signal = AbortSignal.timeout(LONG_MS)
    const stream = await node.dialProtocol(address, '/erikti/evidence/1', { signal })
    for (let left = bytes; left > 0; left -= PIECE) {
      stream.send(frameOf(Buffer.alloc(Math.min(left, PIECE), 7)))
    }
    await stream.close({ signal })
    for await (const frame of frames(stream)) return JSON.parse(frame.toString())
    return { error: 'no answer' }
  } catch (error) {
    return { error: `${error.name}: ${error.message}` }
  } finally {
    await node.stop()
  }
}

const [what, address, bytes] = process.argv.slice(2)
const done = what === 'key' ? await key(multiaddr(address)) : await upload(multiaddr(address), Number(bytes))
console.log(JSON.stringify(done))
process.exit(0)
