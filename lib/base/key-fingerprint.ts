/** `SHA256:...` of a public key line, `ssh-ed25519 AAAA...`, as `ssh-keygen -lf` prints it. */
export async function keyFingerprint(line: string): Promise<string> {
  const base64 = line.trim().split(/\s+/)[1] ?? ''
  const blob = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', blob))
  return `SHA256:${btoa(String.fromCharCode(...digest)).replace(/=+$/, '')}`
}
