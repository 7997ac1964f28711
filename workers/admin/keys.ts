import { appendAudit } from '@/lib/db/audit'
import { restoreKey, unreadableSecrets } from '@/lib/db/secret-open/kit'
import { rotateIdentity } from '@/lib/db/secret-open/rotate'
import { transact } from '@/lib/db/transact'
import { boxActor, type Command, EXIT } from './command'
import { agree, askSecret, readBlock } from './prompt'
import { whileStopped, withDb } from './with-data'

/** Puts the key of the secrets back from a printed kit. */
export const restoreKeyCommand: Command = {
  usage: 'restore-key',
  does: 'Puts the key of the secrets back: the kit’s text, then its passphrase',
  words: [0, 0],
  options: [],
  run: (box) =>
    whileStopped(box, async () => {
      if (process.stdin.isTTY) box.say('Type or paste the kit, all of its lines:')
      const kit = await readBlock(/END AGE ENCRYPTED FILE/)
      const passphrase = await askSecret('Passphrase')
      const { dataDir } = box.config
      const { kept } = await restoreKey(dataDir, kit, passphrase.reveal())
      box.say('The key is in its place.')
      if (kept) box.say(`The one that was there is kept in ${kept}.`)
      return withDb(box, async (db) => {
        const unreadable = await unreadableSecrets(db, dataDir)
        const object = { kind: 'panel', id: 'provisioner.key' }
        await transact(db, (tx) =>
          appendAudit(tx, boxActor(), { action: 'kit.restore', object }, box.now()),
        )
        if (unreadable.length === 0) box.say('It opens every secret. Start the panel.')
        else box.say(`It does not open ${unreadable.length} secrets: ${unreadable.join(', ')}`)
        return unreadable.length === 0 ? EXIT.done : EXIT.failed
      })
    }),
}

/** Seals every secret to a new key. */
export const rotateKey: Command = {
  usage: 'rotate-key [--yes]',
  does: 'Seals every secret to a new key; recovery kits made before are void then',
  words: [0, 0],
  options: ['yes'],
  run: (box) =>
    whileStopped(box, () =>
      withDb(box, async (db) => {
        const sure = await agree(
          'Recovery kits made before open nothing any more. Go on?',
          box.options.has('yes'),
        )
        if (!sure) {
          box.say('Nothing was done. Without a terminal it takes --yes.')
          return EXIT.failed
        }
        const { secrets } = await rotateIdentity(db, box.config.dataDir, box.now())
        box.say(`${secrets} secrets are sealed to the new key. Make a new recovery kit.`)
        return EXIT.done
      }),
    ),
}

/** The way out when the key and every kit of it are lost. */
export const forgetSecrets: Command = {
  usage: 'forget-secrets [--yes]',
  does: 'Removes the secrets that the key does not open, when it is lost for good',
  words: [0, 0],
  options: ['yes'],
  run: (box) =>
    whileStopped(box, () =>
      withDb(box, async (db) => {
        const lost = await unreadableSecrets(db, box.config.dataDir).catch(async (error) => {
          // Without any key none of them opens.
          if ((error as { code?: string }).code !== 'secret.no-key') throw error
          return (await db.sealedSecret.findMany({ select: { name: true } })).map((s) => s.name)
        })
        if (lost.length === 0) {
          box.say('The key opens every secret: nothing to forget.')
          return EXIT.done
        }
        box.say(`These cannot be opened: ${lost.join(', ')}`)
        const sure = await agree(
          'They are gone then, and have to be entered again. Go on?',
          box.options.has('yes'),
        )
        if (!sure) {
          box.say('Nothing was done. Without a terminal it takes --yes.')
          return EXIT.failed
        }
        await transact(db, async (tx) => {
          await tx.sealedSecret.deleteMany({ where: { name: { in: lost } } })
          for (const id of lost) {
            const note = { action: 'secret.remove', object: { kind: 'secret', id } } as const
            await appendAudit(tx, boxActor(), note, box.now())
          }
        })
        box.say(`${lost.length} secrets are forgotten. Start the panel and enter them again.`)
        return EXIT.done
      }),
    ),
}
