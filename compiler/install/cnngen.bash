# bash completion for cnngen; made by compiler/install/completion.lua from compiler/arguments.c
_cnngen() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=compile options=
    COMPREPLY=()
    if [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD - 2]}; fi
    if [[ $current == = ]]; then current=; fi
    case ${COMP_WORDS[1]} in
    compile | check | diff | summary | train | eval | run | show | report | export | weights | import) command=${COMP_WORDS[1]} ;;
    esac
    case $previous in
    -o | --output) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
    -D | --define) return ;;
    -MF) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
    --weights) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
    --map) mapfile -t COMPREPLY < <(compgen -W "order" -f -- "$current") && return ;;
    --names) mapfile -t COMPREPLY < <(compgen -W "cnngen keras torch" -- "$current") && return ;;
    --batch) return ;;
    --threads) return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W "html svg dot json" -- "$current") && return ;;
    --selftest) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
    --misra) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
    --target) mapfile -t COMPREPLY < <(compgen -W "vector portable" -- "$current") && return ;;
    --unroll) mapfile -t COMPREPLY < <(compgen -W "auto full none" -- "$current") && return ;;
    --real) mapfile -t COMPREPLY < <(compgen -W "float double" -- "$current") && return ;;
    --winograd) mapfile -t COMPREPLY < <(compgen -W "auto off" -- "$current") && return ;;
    --ram) mapfile -t COMPREPLY < <(compgen -W "least" -- "$current") && return ;;
    --templates) mapfile -t COMPREPLY < <(compgen -d -- "$current") && return ;;
    --max-params) return ;;
    --max-macs) return ;;
    --max-ram) return ;;
    --max-flash) return ;;
    --dump) mapfile -t COMPREPLY < <(compgen -W "model graph plan" -- "$current") && return ;;
    --data) mapfile -t COMPREPLY < <(compgen -W "shapes packets" -f -- "$current") && return ;;
    --epochs) return ;;
    --lr) return ;;
    --seed) return ;;
    --validation) return ;;
    --input) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
    --layer) return ;;
    --input-layout) mapfile -t COMPREPLY < <(compgen -W "hwc chw" -- "$current") && return ;;
    --framework) mapfile -t COMPREPLY < <(compgen -W "torch keras" -- "$current") && return ;;
    esac
    case $command in
    compile) options="-o --output -D --define -MD -MF --weights --map --batch --threads --inference --selftest --misra --standalone --crc --reproducible --target --unroll --real --winograd --ram --templates --help --version" ;;
    check) options="-D --define --batch --threads --json --sarif --target --unroll --real --winograd --ram --templates --max-params --max-macs --max-ram --max-flash --dump --help --version" ;;
    diff) options="-D --define --batch --threads --json --target --unroll --real --winograd --ram --templates -q --quiet --help --version" ;;
    summary) options="-D --define --batch --threads --json --target --unroll --real --winograd --ram --tiles --templates --help --version" ;;
    train) options="-o --output -D --define --weights --map --batch --threads --target --unroll --winograd --ram --templates --data --epochs --lr --seed --validation -q --quiet --help --version" ;;
    eval) options="-D --define --weights --map --batch --target --unroll --winograd --ram --templates --data --seed -q --quiet --help --version" ;;
    run) options="-o --output -D --define --weights --map --batch --target --unroll --winograd --ram --templates --seed -q --quiet --input --layer --help --version" ;;
    show) options="-D --define --weights --map --batch --target --unroll --winograd --ram --templates --data --seed -q --quiet --help --version" ;;
    report) options="-o --output -D --define --weights --map --batch --threads --format --target --unroll --winograd --ram --templates --data --seed --input --help --version" ;;
    export) options="-o --output -D --define --templates --framework --help --version" ;;
    weights) options="-o --output -D --define --weights --map --names --templates --help --version" ;;
    import) options="-o --output --input-layout --help --version" ;;
    esac
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    else
        local pattern='!*.lua'
        if [[ $command == import ]]; then pattern='!*.onnx'; fi
        mapfile -t COMPREPLY < <(compgen -f -X "$pattern" -- "$current"; compgen -d -- "$current")
        if [[ $COMP_CWORD == 1 ]]; then
            mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W "compile check diff summary train eval run show report export weights import" -- "$current")
        fi
    fi
}
complete -o filenames -F _cnngen cnngen
