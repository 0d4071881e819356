// Reads a whole log from a node with js-libp2p and recomputes its root from the bytes of its records.
//
//   node client.mjs MULTIADDR [--network NAME] [--origin ORIGIN]
//
// Prints {"origin","size","root","recomputed","bytes",…} and exits 0 when both roots are equal, 1 otherwise.
// Written from the documentation of `erikti_protocol::exchange` alone; none of our code is used.

import { createHash, createPublicKey, verify } from 'node:crypto'
import { parseArgs } from 'node:util'

import { frameOf, frames, multiaddr, start } from './libp2p.mjs'

const WIDTH = 256
const STREAMS = 8
const REQUEST_MS = 30_000
const BUSY_TRIES = 50
const DEMO_NETWORK = 'demo'
const NO_TABLE = '0'.repeat(32)
const PRESENT = 0
const ABSENT = 1
const ERASED = 2
const BAD = 3
const LATER = 4

// ---- hashes: RFC 6962 over entries of 33 bytes, class and digest -------------------------------------

const sha256 = (...parts) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
const leafHash = (kind, digest) => sha256(Uint8Array.of(0, kind), digest)
const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right)

// The root over hashes that each stand for the same full number of entries, except that fewer may stand last.
function treeRoot (hashes) {
  if (hashes.length === 0) return sha256()
  if (hashes.length === 1) return hashes[0]
  let left = 1
  while (left * 2 < hashes.length) left *= 2
  return nodeHash(treeRoot(hashes.slice(0, left)), treeRoot(hashes.slice(left)))
}

// ---- questions and answers ---------------------------------------------------------------------------

class Refused extends Error {
  constructor (refusal) {
    super(`refused: ${refusal.refused} ${refusal.detail ?? ''}`)
    this.refusal = refusal
  }
}

class Peer {
  constructor (node, address) {
    this.node = node
    this.address = address
    this.bytes = 0
  }

  // One question on a stream of its own; `read` takes the answer's frames.
  async ask (protocol, question, read) {
    for (let tries = 1; ; tries++) {
      const signal = AbortSignal.timeout(REQUEST_MS)
      const stream = await this.node.dialProtocol(this.address, protocol, { signal })
      try {
        stream.send(frameOf(Buffer.from(JSON.stringify(question))))
        await stream.close({ signal })
        const answer = frames(stream)
        const first = await answer.next()
        if (first.done) throw new Error(`${protocol} was not answered`)
        this.bytes += first.value.length
        const message = JSON.parse(first.value.toString())
        if (message.refused !== undefined) throw new Refused(message)
        return await read(message, answer)
      } catch (error) {
        stream.abort(error)
        if (!(error instanceof Refused) || error.refusal.refused !== 'busy' || tries === BUSY_TRIES) throw error
        await new Promise((resolve) => setTimeout(resolve, error.refusal.retry_ms ?? 100))
      }
    }
  }

  // A question whose answer is a header and then so many bytes.
  fetch (question) {
    return this.ask('/erikti/fetch/1', question, async (header, answer) => {
      const body = []
      let left = header.bytes
      while (left > 0) {
        const { done, value } = await answer.next()
        if (done) throw new Error(`${left} bytes of a body are missing`)
        body.push(Buffer.from(value))
        left -= value.length
      }
      if (left < 0) throw new Error('a body is longer than its header says')
      this.bytes += header.bytes
      return { header, body: Buffer.concat(body) }
    })
  }
}

// ---- checkpoints: C2SP signed notes ------------------------------------------------------------------

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

function keyOf (origin) {
  const text = origin.split('/').at(-1)
  if (!text.startsWith('z')) throw new Error(`${origin} names no key`)
  let number = 0n
  for (const digit of text.slice(1)) number = number * 58n + BigInt(BASE58.indexOf(digit))
  const bytes = Buffer.from(number.toString(16).padStart(68, '0'), 'hex')
  if (bytes.length !== 34 || bytes[0] !== 0xed || bytes[1] !== 0x01) throw new Error(`${text} is no Ed25519 key`)
  return bytes.subarray(2)
}

function readCheckpoint (note) {
  const end = note.indexOf('\n\n') + 1
  const text = note.slice(0, end)
  const [origin, size, root] = text.split('\n')
  const key = keyOf(origin)
  const id = sha256(origin, '\n', Uint8Array.of(1), key).subarray(0, 4)
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') }
  const good = note.slice(end + 1).split('\n').some((line) => {
    const [dash, name, encoded] = line.split(' ')
    if (dash !== '—' || name !== origin) return false
    const signature = Buffer.from(encoded, 'base64')
    return signature.subarray(0, 4).equals(id) &&
      verify(null, Buffer.from(text), createPublicKey({ key: jwk, format: 'jwk' }), signature.subarray(4))
  })
  if (!good) throw new Error(`the checkpoint of ${origin} is not signed by its key`)
  return { origin, size: Number(size), root: Buffer.from(root, 'base64') }
}

// ---- packages ---------------------------------------------------------------------------------------

// The leaves of a package, hashed from the bytes of its records.
function * entriesOf (body, count) {
  let at = 0
  const varint = () => {
    let number = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = body[at++]
      number += (byte & 0x7f) * factor
      if (byte < 0x80) return number
    }
  }
  const take = (length) => {
    if (at + length > body.length) throw new Error('a package is cut')
    at += length
    return body.subarray(at - length, at)
  }
  for (let entry = 0; entry < count; entry++) {
    const tag = body[at++]
    const status = tag & 7
    const kind = (tag >> 3) & 1
    if (status === PRESENT) {
      if (tag >> 4 !== 0) throw new Error('a record is packed although none was asked for')
      const record = take(varint())
      yield { status, leaf: leafHash(kind, sha256(record)), bytes: record.length }
      continue
    }
    if (status > LATER) throw new Error(`an entry of status ${status}`)
    const leaf = leafHash(kind, take(32))
    if (status === ERASED) varint()
    yield { status, leaf, bytes: 0 }
  }
  if (at !== body.length) throw new Error('a package has bytes left over')
}

async function readPackage (peer, { origin, size }, number, width, totals) {
  const leaves = new Array(width)
  let only = [...leaves.keys()]
  while (only.length > 0) {
    const question = { origin, size, package: number, codec: 'none' }
    if (only.length < width) question.only = only
    const { header, body } = await peer.fetch(question)
    if (header.count !== only.length) throw new Error(`package ${number} has ${header.count} entries`)
    const later = []
    let at = 0
    for (const entry of entriesOf(body, header.count)) {
      const place = only[at++]
      leaves[place] = entry.leaf
      if (entry.status === LATER) {
        later.push(place)
        continue
      }
      totals.bytes += entry.bytes
      if (entry.status === PRESENT) totals.present += 1
      if (entry.status === ABSENT) totals.absent += 1
      if (entry.status === ERASED) totals.erased += 1
      if (entry.status === BAD) totals.bad += 1
    }
    if (later.length === only.length) throw new Error(`package ${number} does not come`)
    only = later
  }
  return leaves
}

// ---- a log ------------------------------------------------------------------------------------------

async function readHashes (peer, { origin, size }, level, count) {
  const hashes = []
  for (let index = 0; index * WIDTH < count; index++) {
    const width = Math.min(WIDTH, count - index * WIDTH)
    const { body } = await peer.fetch({ origin, size, tile: { level, index, width } })
    if (body.length !== width * 32) throw new Error(`a tile of ${body.length} bytes`)
    for (let at = 0; at < body.length; at += 32) hashes.push(body.subarray(at, at + 32))
  }
  return hashes
}

async function readLog (peer, head) {
  const full = Math.floor(head.size / WIDTH)
  const edge = head.size % WIDTH
  // First the tiles: they are checked against the signed root, and then each package alone against them.
  const packages = await readHashes(peer, head, 1, full)
  let edgeLeaves = []
  if (edge > 0) {
    const { body } = await peer.fetch({
      origin: head.origin,
      size: head.size,
      tile: { level: 0, index: full, width: edge }
    })
    edgeLeaves = Array.from({ length: edge }, (_, at) => body.subarray(at * 32, at * 32 + 32))
  }
  const tiles = rootOf(packages, edgeLeaves)
  if (!tiles.equals(head.root)) throw new Error('the tiles do not make the root')

  const totals = { bytes: 0, present: 0, absent: 0, erased: 0, bad: 0 }
  const found = new Array(full)
  let edgeFound = []
  let next = 0
  const worker = async () => {
    while (next * WIDTH < head.size) {
      const number = next++
      const width = Math.min(WIDTH, head.size - number * WIDTH)
      const leaves = await readPackage(peer, head, number, width, totals)
      if (number === full) {
        edgeFound = leaves
      } else {
        found[number] = treeRoot(leaves)
        if (!found[number].equals(packages[number])) throw new Error(`package ${number} is not what the tiles say`)
      }
    }
  }
  await Promise.all(Array.from({ length: STREAMS }, worker))
  return { recomputed: rootOf(found, edgeFound), totals }
}

// The root from the hashes of full packages and the leaves after them.
function rootOf (packages, edge) {
  if (edge.length === 0) return treeRoot(packages)
  return treeRoot([...packages, treeRoot(edge)])
}

// ---- the program ------------------------------------------------------------------------------------

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { network: { type: 'string', default: DEMO_NETWORK }, origin: { type: 'string' } }
})
if (positionals.length !== 1) {
  console.error('usage: node client.mjs MULTIADDR [--network NAME] [--origin ORIGIN]')
  process.exit(64)
}

const node = await start()
let code = 1
try {
  const began = Date.now()
  const peer = new Peer(node, multiaddr(positionals[0]))
  const hello = await peer.ask('/erikti/hello/1', {
    network: values.network,
    versions: [1],
    codecs: [{ name: 'none' }],
    size: 0,
    table: NO_TABLE,
    agent: 'erikti-js-client'
  }, async (message) => message)
  const heads = await peer.ask('/erikti/heads/1', { table: hello.table, cursor: 0 }, async (first, answer) => {
    const all = [...first.heads]
    for (let last = first; last.more;) {
      const { done, value } = await answer.next()
      if (done) throw new Error('heads are missing')
      last = JSON.parse(value.toString())
      all.push(...last.heads)
    }
    return all.map((head) => readCheckpoint(head.checkpoint))
  })
  const wanted = values.origin ?? hello.origin
  const head = heads.find((head) => head.origin === wanted)
  if (head === undefined) throw new Error(`${wanted} is not among ${heads.length} heads`)
  const { recomputed, totals } = await readLog(peer, head)
  const equal = recomputed.equals(head.root)
  console.log(JSON.stringify({
    origin: head.origin,
    size: head.size,
    root: head.root.toString('base64'),
    recomputed: recomputed.toString('base64'),
    ...totals,
    received: peer.bytes,
    ms: Date.now() - began
  }))
  code = equal ? 0 : 1
} catch (error) {
  console.error(error)
} finally {
  await node.stop()
}
process.exit(code)
