/** What a shell has to read to complete `flow`, by shell. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# Completion of flow for bash: source <(flow completion bash)
_flow_complete() {
  local IFS=$'\\n' line="\${COMP_LINE:0:COMP_POINT}"
  local typed="\${line##*[[:space:]]}" word="\${COMP_WORDS[COMP_CWORD]}"
  # bash begins a word anew after characters such as @ and =: what stands before is not repeated.
  local before="\${typed%"$word"}"
  local all=($(flow complete "$line" 2>/dev/null))
  COMPREPLY=("\${all[@]#"$before"}")
  if [[ \${#COMPREPLY[@]} == 1 && "\${COMPREPLY[0]}" == */ ]]; then compopt -o nospace; fi
}
complete -F _flow_complete flow
`,
  zsh: `#compdef flow
# Completion of flow for zsh: source <(flow completion zsh)
_flow_complete() {
  local -a all folders rest
  all=("\${(@f)$(flow complete "$LBUFFER" 2>/dev/null)}")
  folders=(\${(M)all:#*/})
  rest=(\${all:#*/})
  (( $#folders )) && compadd -S '' -- $folders
  (( $#rest )) && compadd -- $rest
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u }
compdef _flow_complete flow
`,
  fish: `# Completion of flow for fish: flow completion fish | source
complete -c flow -f -a '(flow complete (commandline -cp) 2>/dev/null)'
`,
};
