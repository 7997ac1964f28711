/** What may be set as a connection's Helm: `helm` of the system's folders, or an absolute path. */
export const HELM_PATH = /^(?:helm|\/\P{Cc}+)$/u

/** Why a stored setting is not run, in words; null where it is. Earlier versions took any name. */
export const whyNotHelm = (helmPath: string): string | null =>
  HELM_PATH.test(helmPath)
    ? null
    : `Its Helm "${helmPath}" is not run any more: which program a bare name means depends on where the panel was started. Add-ons stay as they are until Edit names helm, or an absolute path such as /usr/local/bin/helm.`
