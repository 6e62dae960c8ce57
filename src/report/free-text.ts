/** What somebody wrote, as it may be shown: whole, with everything invisible spelled out. */
export function freeText(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Surrogate}\p{Default_Ignorable_Code_Point}\u2028\u2029]|(?! )\p{Zs}/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
