# Completion of dfoo for bash, from what `dfoo help` says. Source it, or install it as
# share/bash-completion/completions/dfoo.

_dfoo() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ] || { [ "$command" = help ] && [ "$COMP_CWORD" -eq 2 ]; }; then
        # the first list of the help: the commands
        words=$(dfoo help 2>/dev/null | sed -n '3,/^$/s/^  \([a-z]*\) .*/\1/p')
    elif [[ $word == -* ]]; then
        words=$(dfoo help "$command" 2>/dev/null | sed -n '/^  -/p' | grep -o -e '--[a-z-]*')
    else
        case $before in
        --by) words="index jacobian differential" ;;
        --convention) words="course dJ" ;;
        --dtype) words="f64 f32" ;;
        --format)
            words="text numpy latex json"
            [ "$command" = explain ] && words="text html latex markdown json"
            ;;
        --loss) words="cross_entropy mse mae" ;;
        --optimizer) words="" ;;
        *)
            # the last list of the help: the models that are built in
            [ "$COMP_CWORD" -eq 2 ] &&
                words=$(dfoo help "$command" 2>/dev/null | sed -n '/^MODEL is/,$s/^  \([a-z_]*\) .*/\1/p')
            compopt -o default 2>/dev/null
            COMPREPLY=($(compgen -f -- "$word"))
            ;;
        esac
    fi
    COMPREPLY+=($(compgen -W "$words" -- "$word"))
}
complete -F _dfoo dfoo
