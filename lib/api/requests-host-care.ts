import { z } from 'zod'
import { TopologyParams } from './requests'

/** A host of a topology, by its id in the document. */
export const HostParams = TopologyParams.extend({ h: z.string().min(1).max(80) })
