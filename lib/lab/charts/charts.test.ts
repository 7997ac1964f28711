import { expect, test } from 'vitest'
import { CATALOGUE } from '@/lib/catalogue/catalogue'
import { CHARTS } from './charts'

test.each(CATALOGUE.map(({ id, chart }) => [id, chart.name]))(
  '%s has a simulated chart "%s"',
  (_id, name) => {
    expect(CHARTS).toHaveProperty([name])
  },
)
