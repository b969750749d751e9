-- completion.lua - completions for bash, zsh and fish, made from the command line's own tables in arguments.h and arguments.c.
-- usage: lua5.4 compiler/install/completion.lua FOLDER (make completions writes beside this file)
local folder = assert(arg[1], "usage: completion.lua FOLDER")

local function read(path)
    local file = assert(io.open(path))
    local text = file:read("a")
    file:close()
    return text
end
local header, source = read("compiler/arguments.h"), read("compiler/arguments.c")
local made = "made by compiler/install/completion.lua from compiler/arguments.c"

-- Commands in order, and sets of them by the names the C has for them: FOR_CHECK, FOR_PLAN, ...
local commands, sets = {}, {FOR_ANY = {}}
for id, name in header:match("#define COMMANDS%(X%)(.-)\n\n"):gmatch('X%((%u+), "(%l+)"%)') do
    commands[#commands + 1] = name
    sets["FOR_" .. id], sets.FOR_ANY[name] = {[name] = true}, true
end
local function evaluate(expression) -- A | B, A & ~B, A & ~(B | C)
    local plus, minus = expression:match("^(.-)&%s*~(.*)$")
    local result = {}
    for name in (plus or expression):gmatch("FOR_%u+") do
        for command in pairs(assert(sets[name], name)) do
            result[command] = true
        end
    end
    for name in (minus or ""):gmatch("FOR_%u+") do
        for command in pairs(assert(sets[name], name)) do
            result[command] = nil
        end
    end
    return result
end
for name, expression in source:match("FOR_ANY = .-\n};"):gsub("/%*.-%*/", ""):gmatch("(FOR_%u+) = ([^,}]+)") do
    if name ~= "FOR_ANY" then
        sets[name] = evaluate(expression)
    end
end

-- Options: their commands, values and what they are for.
local about = {
    weights = "trained weights", map = "how the tensors of --weights are called", names = "names of tensors to write", batch = "samples a training step can take",
    threads = "parts of a batch, 1 to 64", json = "for programs", sarif = "for CI", format = "what to write", inference = "no training code",
    selftest = "a main that checks OUT.c where it runs", misra = "deviations from MISRA C:2012, with reasons", standalone = "the runtime inside OUT.c",
    target = "GNU vectors or plain C99", unroll = "register tiles, loops, or no loop", real = "type of numbers", winograd = "3x3 convolutions in fewer multiplications",
    ram = "most bytes of scratch and tape", tiles = "register tiles, too", templates = "folder of templates", dump = "print a stage",
    ["max-params"] = "most parameters", ["max-macs"] = "most multiply-adds", ["max-ram"] = "most bytes of memory", ["max-flash"] = "most bytes of parameters",
    data = "what to learn from", epochs = "passes over the data", lr = "learning rate", seed = "of random numbers", validation = "fraction held back",
    quiet = "no progress", input = "x.npy or a picture", layer = "stop behind this layer", framework = "what the Python is for", help = "print help",
    version = "print the version", output = "where the result goes", reproducible = "the same bits everywhere", crc = "a function for the CRC-32 of weights",
    ["input-layout"] = "order of axes of inputs", define = "KEY=VALUE for the spec", MD = "write a rule for make", MF = "where -MD writes",
}
local values = {map = {"order"}, ram = {"least"}, data = {"shapes", "packets"}}
for name, list in source:gmatch("(%l+)s%[%] = (%b{})") do
    local words = {}
    for word in list:gmatch('"([^"]+)"') do
        words[#words + 1] = word
    end
    values[({name = "names", layout = "input-layout"})[name] or name] = words
end
local files = {weights = true, map = true, data = true, input = true, selftest = true, misra = true, output = true, MF = true}

local options = {}
local function add(name, short, has_value, takers)
    options[#options + 1] = {name = name, short = short, has_value = has_value, takers = takers, about = about[name] or "", values = values[name], files = files[name], folders = name == "templates"}
end
local function body(letter)
    return evaluate(source:match("option == '" .. letter .. "'%)%s*return ([^;]+);"))
end
add("output", "o", true, body("o"))
add("define", "D", true, sets.FOR_SPEC)
add("MD", "MD", false, body("M"))
add("MF", "MF", true, body("M"))
for id, name, kind, takers in source:match("#define LONG_OPTIONS%(X%)(.-)\n\n"):gsub("\\\n", " "):gmatch('X%(([%u_]+),%s*"([%l-]+)",%s*(%l+)_argument,%s*([^)]+)%)') do
    add(name, name == "quiet" and "q" or nil, kind == "required", evaluate(takers))
end

local function words_of(option) -- as they are typed
    local long = option.name:find("^M[DF]$") and "-" .. option.name or "--" .. option.name
    return option.short and #option.short == 1 and "-" .. option.short .. " " .. long or long
end
local function write(name, lines)
    local file = assert(io.open(folder .. "/" .. name, "w"))
    file:write(table.concat(lines, "\n"), "\n")
    file:close()
end

-- bash
local lines = {"# bash completion for cnngen; " .. made, "_cnngen() {",
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=compile options=", "    COMPREPLY=()",
    "    if [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD - 2]}; fi", "    if [[ $current == = ]]; then current=; fi",
    "    case ${COMP_WORDS[1]} in", "    " .. table.concat(commands, " | ") .. ") command=${COMP_WORDS[1]} ;;", "    esac", "    case $previous in"}
for _, option in ipairs(options) do
    if option.has_value then
        local pattern = words_of(option):gsub(" ", " | ")
        local words = option.values and ('-W "%s" '):format(table.concat(option.values, " ")) or ""
        local kind = option.files and "-f " or option.folders and "-d " or ""
        lines[#lines + 1] = words == "" and kind == "" and ("    %s) return ;;"):format(pattern)
            or ('    %s) mapfile -t COMPREPLY < <(compgen %s%s-- "$current") && return ;;'):format(pattern, words, kind)
    end
end
lines[#lines + 1] = "    esac\n    case $command in"
for _, command in ipairs(commands) do
    local names = {}
    for _, option in ipairs(options) do
        names[#names + 1] = option.takers[command] and words_of(option) or nil
    end
    lines[#lines + 1] = ('    %s) options="%s" ;;'):format(command, table.concat(names, " "))
end
lines[#lines + 1] = ([=[
    esac
    if [[ $current == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    else
        local pattern='!*.lua'
        if [[ $command == import ]]; then pattern='!*.onnx'; fi
        mapfile -t COMPREPLY < <(compgen -f -X "$pattern" -- "$current"; compgen -d -- "$current")
        if [[ $COMP_CWORD == 1 ]]; then
            mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -W "COMMANDS" -- "$current")
        fi
    fi
}
complete -o filenames -F _cnngen cnngen]=]):gsub("COMMANDS", table.concat(commands, " "))
write("cnngen.bash", lines)

-- zsh
lines = {"#compdef cnngen", "# zsh completion for cnngen; " .. made, "local command=compile", "local -a options", "case $words[2] in",
    "(" .. table.concat(commands, "|") .. ")", "    command=$words[2]", "    words=($words[1] $words[3,-1])", "    (( CURRENT-- ))", "    ;;", "esac", "case $command in"}
for _, command in ipairs(commands) do
    lines[#lines + 1] = "(" .. command .. ")\n    options=("
    for _, option in ipairs(options) do
        if option.takers[command] then
            local value = ""
            if option.has_value then
                local words = option.values and "(" .. table.concat(option.values, " ") .. ")"
                local action = option.files and words and ('{_alternative "words:word:%s" "files:file:_files"}'):format(words)
                    or words or option.files and "_files" or option.folders and "_files -/" or " "
                value = (":%s:%s"):format(option.name, action)
            end
            for word in words_of(option):gmatch("%S+") do
                local long = word:find("^%-%-") and option.has_value and "=" or ""
                lines[#lines + 1] = ("        '%s%s[%s]%s'"):format(word, long, option.about:gsub(":", "\\:"), value)
            end
        end
    end
    lines[#lines + 1] = ("        '*:%s:_files -g \"*.%s\"'"):format(command == "import" and "model" or "spec", command == "import" and "onnx" or "lua")
    lines[#lines + 1] = "    )\n    ;;"
end
lines[#lines + 1] = ("esac\nif (( CURRENT == 2 )) && [[ $command == compile && $words[2] != -* ]]; then\n    _alternative 'commands:command:(%s)' 'files:spec:_files -g \"*.lua\"'\nelse\n    _arguments $options\nfi"):format(table.concat(commands, " "))
write("_cnngen", lines)

-- fish
lines = {"# fish completion for cnngen; " .. made, "complete -c cnngen -f"}
local all = table.concat(commands, " ")
lines[#lines + 1] = ("complete -c cnngen -n 'not __fish_seen_subcommand_from %s' -a '%s'"):format(all, all)
lines[#lines + 1] = "complete -c cnngen -n 'not __fish_seen_subcommand_from import' -k -a '(__fish_complete_suffix .lua)'"
lines[#lines + 1] = "complete -c cnngen -n '__fish_seen_subcommand_from import' -k -a '(__fish_complete_suffix .onnx)'"
for _, option in ipairs(options) do
    local with, without = {}, {}
    for _, command in ipairs(commands) do
        local list = option.takers[command] and with or without
        list[#list + 1] = command
    end
    local condition = #without == 0 and "" or option.takers.compile and (" -n 'not __fish_seen_subcommand_from %s'"):format(table.concat(without, " "))
        or (" -n '__fish_seen_subcommand_from %s'"):format(table.concat(with, " "))
    local names = option.name:find("^M[DF]$") and " -o " .. option.name or (option.short and " -s " .. option.short or "") .. " -l " .. option.name
    local words = option.values and (" -a '%s'"):format(table.concat(option.values, " ")) or option.folders and " -a '(__fish_complete_directories)'" or ""
    local value = option.has_value and (option.files and " -rF" or " -x") or ""
    lines[#lines + 1] = ("complete -c cnngen%s%s%s%s -d '%s'"):format(condition, names, value, words, option.about)
end
write("cnngen.fish", lines)
