import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()
const text = (bytes: Buffer) => bytes.toString('base64url')

/** Bits of the authenticator's flags: touched, unlocked, with a new key. */
const TOUCHED = 0x01
const UNLOCKED = 0x04
const NEW_KEY = 0x40

/** What a browser and its authenticator do with a question, in a test's process. */
export class SoftAuthenticator {
  readonly id = randomBytes(16)
  #counter = 0
  readonly #key: { publicKey: KeyObject; privateKey: KeyObject }

  constructor(
    /** The page that asks. */
    readonly origin: string,
    /** Whether it asks for a PIN or finger. */
    public unlocked = true,
  ) {
    this.#key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  }

  /** Answers `navigator.credentials.create`. */
  create(options: { challenge: string }) {
    const clientData = this.#clientData('webauthn.create', options)
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.id.length)
    const key = Buffer.concat([Buffer.alloc(16), length, this.id, this.#coseKey()])
    const authData = Buffer.concat([this.#authData(NEW_KEY), key])
    // {fmt: 'none', attStmt: {}, authData}
    const attestation = Buffer.concat([
      Buffer.from('a363666d74646e6f6e656761747453746d74a0686175746844617461', 'hex'),
      bytes(authData),
    ])
    return this.#answer({
      clientDataJSON: text(clientData),
      attestationObject: text(attestation),
      transports: ['internal'],
    })
  }

  /** Answers `navigator.credentials.get`. */
  get(options: { challenge: string }) {
    this.#counter++
    const clientData = this.#clientData('webauthn.get', options)
    const authData = this.#authData(0)
    const signed = Buffer.concat([authData, sha256(clientData)])
    return this.#answer({
      clientDataJSON: text(clientData),
      authenticatorData: text(authData),
      signature: text(sign('sha256', signed, this.#key.privateKey)),
    })
  }

  /** As a copy would that was made before the last uses. */
  rewind(): void {
    this.#counter = 0
  }

  #clientData(type: string, { challenge }: { challenge: string }): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin }))
  }

  #authData(more: number): Buffer {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(this.#counter)
    const flags = Buffer.from([TOUCHED | (this.unlocked ? UNLOCKED : 0) | more])
    return Buffer.concat([sha256(new URL(this.origin).hostname), flags, counter])
  }

  /** The public key as COSE has it: EC2, ES256, P-256, x, y. */
  #coseKey(): Buffer {
    const { x = '', y = '' } = this.#key.publicKey.export({ format: 'jwk' })
    return Buffer.concat([
      Buffer.from('a5010203262001', 'hex'),
      Buffer.from([0x21]),
      bytes(Buffer.from(x, 'base64url')),
      Buffer.from([0x22]),
      bytes(Buffer.from(y, 'base64url')),
    ])
  }

  #answer(response: Record<string, unknown>) {
    const id = text(this.id)
    return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} }
  }
}

/** A byte string in CBOR, below 256 bytes. */
const bytes = (value: Buffer) => Buffer.concat([Buffer.from([0x58, value.length]), value])
