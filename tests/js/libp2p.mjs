// What every program here speaks through: js-libp2p over TCP, noise and yamux, and frames on its streams.

// libp2p wants it and Node 20 does not have it.
Promise.withResolvers ??= function () {
  const resolvers = {}
  resolvers.promise = new this((resolve, reject) => Object.assign(resolvers, { resolve, reject }))
  return resolvers
}

const { createLibp2p } = await import('libp2p')
const { tcp } = await import('@libp2p/tcp')
const { noise } = await import('@libp2p/noise')
const { yamux } = await import('@libp2p/yamux')
const { identify } = await import('@libp2p/identify')
export const { multiaddr } = await import('@multiformats/multiaddr')

export const FRAME_BYTES_MAX = 256 * 1024

export const start = (options = {}) => createLibp2p({
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: { identify: identify() },
  ...options
})

export function frameOf (payload) {
  const length = []
  let left = payload.length
  for (; left >= 0x80; left >>>= 7) length.push((left & 0x7f) | 0x80)
  length.push(left)
  return Buffer.concat([Uint8Array.from(length), payload])
}

// The payloads of a stream, one after the other.
export async function * frames (stream) {
  let held = Buffer.alloc(0)
  const pieces = stream[Symbol.asyncIterator]()
  const more = async () => {
    const { done, value } = await pieces.next()
    if (done) return false
    held = Buffer.concat([held, value.subarray()])
    return true
  }
  for (;;) {
    let length = 0
    let used = 0
    for (let shift = 0; ; shift += 7) {
      while (held.length <= used) {
        if (!(await more())) {
          if (held.length > 0) throw new Error('the stream ended inside a length')
          return
        }
      }
      const byte = held[used++]
      length += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
      if (used === 3) throw new Error('a length of more than three bytes')
    }
    if (length < 1 || length > FRAME_BYTES_MAX) throw new Error(`a frame of ${length} bytes`)
    while (held.length < used + length) {
      if (!(await more())) throw new Error('the stream ended inside a frame')
    }
    yield held.subarray(used, used + length)
    held = held.subarray(used + length)
  }
}
