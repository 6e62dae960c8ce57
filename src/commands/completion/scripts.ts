/** The shells that completion is made for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What the program answers where the shell is to offer files. */
export const FILES = ':files';

/**
 * What a shell runs once. Each asks the program itself at every Tab, so that a script that was saved
 * long ago offers what the program of today takes. Nothing that was typed is evaluated.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# gdpr: completion for bash
_gdpr() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = '${FILES}' ]; then
      compopt -o default 2>/dev/null
    else
      COMPREPLY+=("$line")
    fi
  done < <(gdpr completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _gdpr gdpr
`,
  zsh: `#compdef gdpr
# gdpr: completion for zsh
_gdpr() {
  local -a offers
  offers=("\${(@f)$(gdpr completion zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  offers=(\${offers:#})
  if [[ "\${offers[1]}" == '${FILES}' ]]; then
    compset -P '--*='
    _files
  else
    _describe gdpr offers
  fi
}
if [[ "\${funcstack[1]}" == _gdpr ]]; then
  _gdpr "$@"
else
  compdef _gdpr gdpr
fi
`,
  fish: `# gdpr: completion for fish
function __gdpr_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l offers (gdpr completion fish -- $words[2..-1] "$current" 2>/dev/null)
  if test "$offers[1]" = '${FILES}'
    __fish_complete_path "$current"
  else
    printf '%s\\n' $offers
  end
end
complete -c gdpr -f -a '(__gdpr_complete)'
`,
};
