import { Field, Input, Select, TextArea } from '@/components/ui/field'
import type { ConnectionDraft, Faults } from './connection-form'

type Props = {
  draft: ConnectionDraft
  faults: Faults
  exists: boolean
  onChange: (draft: ConnectionDraft) => void
}

/** The fields of a connection, for adding and for editing. */
export function ConnectionFields({ draft, faults, exists, onChange }: Props) {
  const text = (
    name: keyof ConnectionDraft,
    label: string,
    more: { help?: string; placeholder?: string; secret?: boolean; mono?: boolean } = {},
  ) => (
    <Field label={label} help={more.help} error={faults[name]}>
      {(control) => (
        <Input
          {...control}
          mono={more.mono ?? true}
          type={more.secret ? 'password' : 'text'}
          autoComplete={more.secret ? 'new-password' : 'off'}
          placeholder={more.placeholder}
          value={draft[name]}
          onChange={({ target }) => onChange({ ...draft, [name]: target.value })}
        />
      )}
    </Field>
  )
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {text('name', 'Name', { mono: false, placeholder: 'rack' })}
      {text('url', 'Address', {
        placeholder: 'https://pve1.lan:8006',
        help: 'One node of a cluster is enough.',
      })}
      <Field
        className="sm:col-span-2"
        label="Other nodes of its cluster"
        help="One address a line: asked in this order while the one above cannot be reached. Each shows a certificate of its own, to be accepted unless an authority is pasted."
        error={faults.others}
      >
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            spellCheck={false}
            placeholder="https://pve2.lan:8006"
            value={draft.others}
            onChange={({ target }) => onChange({ ...draft, others: target.value })}
          />
        )}
      </Field>
      {text('tokenId', 'Token id', {
        help: 'user@realm!name',
      })}
      {text('tokenSecret', 'Token secret', {
        secret: true,
        help: exists
          ? 'Left empty it stays as it is.'
          : 'Sealed at once; nobody can read it here again.',
      })}
      <Field
        label="How its VMs are reached"
        help="Over SSH and to the Kubernetes API, from the machine that the panel runs on."
      >
        {(control) => (
          <Select
            {...control}
            value={draft.dialer}
            onChange={({ target }) =>
              onChange({ ...draft, dialer: target.value as ConnectionDraft['dialer'] })
            }
            options={[
              { value: 'direct', label: 'Directly' },
              { value: 'ssh-jump', label: 'Through an SSH host in between' },
              { value: 'socks5', label: 'Through a SOCKS5 proxy' },
            ]}
          />
        )}
      </Field>
      {text('helmPath', 'Helm', {
        help: 'Installs add-ons on clusters behind it: helm, or an absolute path that only root or the panel’s user can write to.',
      })}
      {draft.dialer === 'direct' ? null : (
        <>
          {text('dialerHost', 'Host in between', { placeholder: 'gate.lan' })}
          {text('dialerPort', 'Port', { placeholder: draft.dialer === 'socks5' ? '1080' : '22' })}
          {draft.dialer === 'ssh-jump' ? text('dialerUser', 'Login') : null}
        </>
      )}
      <Field
        className="sm:col-span-2"
        label="Authority of its certificate"
        help="Only without an accepted fingerprint: /etc/pve/pve-root-ca.pem of the Proxmox, or the one that signed its certificate. Empty: this machine’s own authorities."
        error={faults.caPem}
      >
        {(control) => (
          <TextArea
            {...control}
            rows={3}
            spellCheck={false}
            placeholder="-----BEGIN CERTIFICATE-----"
            value={draft.caPem}
            onChange={({ target }) => onChange({ ...draft, caPem: target.value })}
          />
        )}
      </Field>
    </div>
  )
}
