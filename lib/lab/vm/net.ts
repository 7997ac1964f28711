/** Network card as its property string says. */
export type NetSpec = { model: string; mac: string | null; options: Record<string, string> }

const MODELS = /^(virtio|e1000e?|e1000-8254\d\w+|rtl8139|vmxnet3|ne2k_\w+|pcnet|i8255\w+)$/

/** Parses `virtio=BC:24:11:..,bridge=vmbr0,tag=20`, `virtio,bridge=..` or `model=virtio,macaddr=..`. */
export function parseNet(text: string): NetSpec | null {
  let model: string | null = null
  let mac: string | null = null
  const options: Record<string, string> = {}
  for (const part of text.split(',')) {
    const [key, value] = part.split('=') as [string, string?]
    if (MODELS.test(key)) {
      model = key
      mac = value ?? mac
    } else if (key === 'model' && value) model = value
    else if (key === 'macaddr' && value) mac = value
    else if (value === undefined) return null
    else options[key] = value
  }
  return model ? { model, mac: mac?.toUpperCase() ?? null, options } : null
}

/** As PVE writes it back: model and MAC first, the rest in alphabetical order. */
export const formatNet = (net: NetSpec & { mac: string }): string =>
  [
    `${net.model}=${net.mac}`,
    ...Object.keys(net.options)
      .sort()
      .map((key) => `${key}=${net.options[key]}`),
  ].join(',')

const NET_KEYS = ['bridge', 'firewall', 'link_down', 'mtu', 'queues', 'rate', 'tag', 'trunks']

/** What is wrong with the string in PVE's words, or null. */
export function whyNotNet(text: string): string | null {
  const net = parseNet(text)
  if (!net)
    return 'invalid format - format error\nmodel: property is missing and it is not optional\n'
  for (const [key, value] of Object.entries(net.options)) {
    if (!NET_KEYS.includes(key))
      return `invalid format - format error\n${key}: property is not defined in schema and the schema does not allow additional properties\n`
    if (value === '') return `invalid format - missing key in comma-separated list property\n`
  }
  const tag = net.options.tag
  if (tag !== undefined && !(Number(tag) >= 1 && Number(tag) <= 4094))
    return `invalid format - format error\ntag: value must have a ${Number(tag) < 1 ? 'minimum value of 1' : 'maximum value of 4094'}\n`
  return null
}

/** A container's cards as its configuration says; one that asks DHCP has no address in this lab. */
export function containerCards({ config }: { config: Readonly<Record<string, string>> }) {
  return Object.keys(config)
    .filter((key) => /^net\d+$/.test(key))
    .map((key) => {
      const parts = (config[key] ?? '')
        .split(',')
        .map((part) => part.split('=') as [string, string?])
      const of = (name: string) => parts.find(([each]) => each === name)?.[1] ?? null
      const ip = of('ip')
      return {
        name: of('name') ?? key,
        mac: (of('hwaddr') ?? '').toUpperCase(),
        bridge: of('bridge') ?? '',
        tag: of('tag') === null ? null : Number(of('tag')),
        cidr: ip === null || ip === 'dhcp' || ip === 'manual' ? null : ip,
      }
    })
}
