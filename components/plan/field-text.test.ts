import { expect, test } from 'vitest'
import { fieldLabel, fieldText } from './field-text'

test.each([
  ['memoryMib', '8192', 'memory', '8 GiB'],
  ['memoryMib', '8 GiB', 'memory', '8 GiB'],
  ['balloonMib', '0', 'ballooning', 'off'],
  ['onBoot', 'true', 'starts with the host', 'yes'],
  ['startDelayS', '30', 'start delay', '30 s'],
  ['tags', null, 'tags', 'none'],
  ['net0', 'vmbr0', 'net0', 'vmbr0'],
])('%s %s reads %s %s', (field, value, label, text) => {
  expect([fieldLabel(field), fieldText(field, value)]).toEqual([label, text])
})
