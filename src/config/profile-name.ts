/** A profile's name is also a folder's: no path separators, no leading dot. */
export const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The rule above in words. */
export const PROFILE_NAME_RULE =
  'is not a profile name: 1 to 64 letters, digits, ".", "_" or "-", the first a letter or digit';

/**
 * The profiles that are built in: `sandbox` is a `gdpr sandbox` on its default port, `environment`
 * what the variables name. No file may define one like them.
 */
export const BUILT_IN = ['sandbox', 'environment'] as const;

/** Whether a name is one of them, or on some disks the same folder. */
export function isBuiltIn(name: string): boolean {
  return BUILT_IN.some((each) => each === name.toLowerCase());
}
