/** Characters of a password. Long beats complicated, so nothing is asked of what they are. */
export const SHORTEST_PASSWORD = 12
export const LONGEST_PASSWORD = 128
