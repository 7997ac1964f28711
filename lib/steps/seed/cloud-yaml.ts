import { stringify } from 'yaml'

/**
 * YAML as cloud-init reads it. Its parser follows YAML 1.1, where `no` is false and the MAC address
 * 12:34:56:11:22:33 is a number to base 60, so such strings are quoted.
 */
export const cloudYaml = (value: unknown): string =>
  stringify(value, { version: '1.1', lineWidth: 0 })
