-- report.lua - the command report: what the page says is what summary says, it is well-formed and needs nothing from elsewhere,
-- its drawing is sound, and a browser shows it.
-- usage: lua5.4 tests/report.lua CNNGEN BUILD_DIR
local tap, json = dofile("tests/tap.lua"), dofile("tests/json.lua")
local cnngen, build = arg[1], arg[2]
os.execute("rm -rf " .. build .. " && mkdir -p " .. build .. "/sub")

local function report(arguments, file)
    local path = build .. "/" .. file
    local _, err, status = tap.run(("%s report %s -o %s"):format(cnngen, arguments, path))
    return status == 0 and tap.read(path) or "", err .. " status " .. tostring(status), path
end

-- Every element is closed, in order, and every attribute has quotes. Returns the first mistake.
local function malformed(text)
    local open, at = {}, 1
    text = text:gsub("<!DOCTYPE html>", ""):gsub("<style>.-</style>", "")
    for before, tag, after in text:gmatch("([^<]*)<([^>]*)>()") do
        local close, name, attributes, single = tag:match("^(/?)([%a][%w]*)(.-)(/?)$")
        if not name or before:find("[>]") or before:gsub("&%a+;", ""):find("&") then
            return "not a tag, or a bare & or >: " .. before .. "<" .. tag .. ">"
        elseif attributes:gsub('%s+[%w%-:]+="[^"<]*"', ""):find("%S") then
            return "attributes of <" .. tag .. ">"
        elseif close == "/" then
            if table.remove(open) ~= name then
                return "<" .. tag .. "> closes something else"
            end
        elseif single == "" then
            open[#open + 1] = name
        end
        at = after
    end
    return #open > 0 and "<" .. open[#open] .. "> stays open" or text:find("<", at, true) and "a < at the end"
end

-- What would make a browser fetch something, or run something.
local function foreign(text)
    text = text:gsub('xmlns="http://www.w3.org/2000/svg"', "")
    for _, pattern in ipairs {"https?:", "url%(", "@import", "<script", "<link", "<iframe", "<object", '%son%a+="', 'href="'} do
        if text:find(pattern) then
            return "there is " .. text:match(".?.?.?.?.?.?.?.?" .. pattern .. ".?.?.?.?.?.?.?.?.?.?.?.?")
        end
    end
    for source in text:gmatch('%ssrc="([^"]*)"') do
        if not source:find("^data:image/png;base64,iVBORw0KGgo[%w+/]+=*$") then
            return "a picture from " .. source:sub(1, 60)
        end
    end
end

local function plain(number)
    return math.tointeger(tonumber((number:gsub(",", "")))) or -1
end

-- The table against summary --json; returns the first difference.
local function other_numbers(page, summary)
    local at, params, macs = 0, 0, 0
    for row in page:gmatch('<tr data%-layer.-</tr>') do
        at = at + 1
        local layer, cells = summary.layers[at] or {}, {}
        for cell in row:gmatch("<td.->(.-)</td>") do
            cells[#cells + 1] = cell
        end
        local name = row:match('data%-layer="(.-)"')
        local p, m = plain(cells[4]:match("<span>([%d,]+)") or "0"), plain(cells[5]:match("<span>([%d,]+)") or "0")
        if name ~= layer.name or p ~= layer.params or m ~= layer.macs then
            return ("row %d: %s has %d and %d, not %s, %s and %s"):format(at, name, p, m, layer.name, layer.params, layer.macs)
        end
        params, macs = params + p, macs + m
    end
    local total = page:match('<tr data%-total="">.-</tr>') or ""
    if at ~= summary.layers.n or params ~= summary.params or macs ~= summary.macs then
        return ("%d layers, %d parameters, %d multiply-adds"):format(at, params, macs)
    elseif not total:find("<td>" .. tostring(params):reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "") .. "</td>", 1, true) then
        return "another total: " .. total
    end
end

local function apart(a, b, width, height)
    return a.x + width < b.x or b.x + width < a.x or a.y + height < b.y or b.y + height < a.y
end

-- Boxes do not touch, edges end at theirs, every layer is in one box. Returns the first mistake.
local function bad_graph(facts)
    local graph, by_name, found, reached = facts.graph, {}, {}, {}
    for i, box in ipairs(graph.boxes) do
        by_name[box.name] = box
        for name in (box.name .. "," .. box.rest):gmatch("[%w_]+") do
            if found[name] then
                return name .. " is in two boxes"
            end
            found[name] = true
        end
        if box.x < 0 or box.y < 0 or box.x + graph.box_width > graph.width or box.y + graph.box_height > graph.height then
            return box.name .. " is outside"
        end
        for k = 1, i - 1 do
            if not apart(box, graph.boxes[k], graph.box_width, graph.box_height) then
                return box.name .. " lies over " .. graph.boxes[k].name
            end
        end
    end
    for _, edge in ipairs(graph.edges) do
        local from, to = by_name[edge.from], by_name[edge.to]
        local x, y = edge.path:match("^M(%d+) (%d+)")
        local last = edge.path:match("(%d+)$")
        if tonumber(x) ~= from.x + graph.box_width // 2 or tonumber(y) ~= from.y + graph.box_height or tonumber(last) ~= to.y then
            return ("the edge from %s to %s: %s"):format(edge.from, edge.to, edge.path)
        end
        reached[edge.to] = true
    end
    for _, layer in ipairs(facts.layers) do
        if not found[layer.name] or by_name[layer.name] and not reached[layer.name] then
            return layer.name .. " is not drawn, or nothing goes to it"
        end
    end
end

-- No two buffers that are alive at one time share an address, and none lies outside.
local function bad_memory(plan, bytes)
    local highest = 0
    if plan.bytes > bytes or plan.lower_bound > plan.bytes then
        return ("%d bytes with a lower bound of %d, of %d"):format(plan.bytes, plan.lower_bound, bytes)
    end
    for i, a in ipairs(plan.buffers) do
        if a.offset + a.bytes > plan.bytes or a.first > a.last or a.last >= plan.times then
            return a.name .. " lies outside"
        end
        for k = 1, i - 1 do
            local b = plan.buffers[k]
            if a.first <= b.last and b.first <= a.last and a.offset < b.offset + b.bytes and b.offset < a.offset + a.bytes then
                return a.name .. " and " .. b.name .. " share memory"
            end
        end
    end
    for t = 0, plan.times - 1 do
        local sum = 0
        for _, b in ipairs(plan.buffers) do
            sum = sum + (b.first <= t and t <= b.last and b.bytes or 0)
        end
        highest = math.max(highest, sum)
        if sum ~= plan.alive[t + 1] then
            return "another sum of what is alive at " .. t
        end
    end
    return highest > plan.lower_bound and "more is alive than the lower bound"
end

-- An output over its input: what they share is alive once.
do
    local path = build .. "/least.json"
    local _, err = tap.run(("%s report specs/dscnn_kws.lua --ram least --format json -o %s"):format(cnngen, path))
    local memory = json.read(tap.read(path) or "{}").memory.predict
    tap.report(math.max(table.unpack(memory.alive)) == memory.bytes and memory.bytes == memory.lower_bound, "outputs over inputs", err .. table.concat(memory.alive, " "))
end

local inception = build .. "/inception.lua"
tap.write(inception, [[
return model {
  input = "16x16x8",
  concat { { conv2d { 4, kernel = 1 } }, { conv2d { 4, kernel = 1 }, conv2d { 8, kernel = 3, padding = 1 } },
           { conv2d { 4, kernel = 1 }, conv2d { 4, kernel = 3, padding = 1 }, conv2d { 4, kernel = 3, padding = 1 } }, {} },
  residual { conv2d { 24, kernel = 3, padding = 1 }, residual { conv2d { 24, kernel = 1, name = "a_name_that_is_much_too_long_for_any_box" }, batch_norm {} } },
  squeeze_excite { channels = 24 },
  global_avgpool2d {}, dense { 3, activation = "softmax" },
}]])
if select(3, tap.run(cnngen .. " check " .. inception)) ~= 0 then
    tap.write(inception, (tap.read(inception):gsub("  squeeze_excite[^\n]*\n", "  mul { {}, { global_avgpool2d {}, dense { 24, activation = \"sigmoid\" } } },\n")))
end
local specs = {inception}
for name in ("shapes mnist resnet8 resnet50 unet_small squeezenet mobilenet_v2 sww_conv1d autoencoder_ad filters packets"):gmatch("%S+") do
    specs[#specs + 1] = "specs/" .. name .. ".lua"
end
local edges, buffers = 0, 0
for _, spec in ipairs(specs) do
    local name = spec:match("([%w_]+)%.lua$")
    local summary = json.read((tap.run(("%s summary --json %s"):format(cnngen, spec))))
    local page, err = report(spec, name .. ".html")
    tap.report(#page > 0, name .. ": written", err)
    tap.report(not malformed(page), name .. ": well-formed", malformed(page))
    tap.report(not foreign(page), name .. ": nothing from elsewhere", foreign(page))
    tap.report(not other_numbers(page, summary), name .. ": the numbers of summary", other_numbers(page, summary))
    tap.report(page == report(spec, "sub/again.html"), name .. ": the same bytes again", "they differ")
    local facts = json.read((report(spec .. " --format json", name .. ".json")))
    local graph = bad_graph(facts)
    tap.report(not graph, name .. ": the graph", graph)
    local memory = bad_memory(facts.memory.predict, summary.scratch_bytes) or facts.memory.train and bad_memory(facts.memory.train, summary.tape_bytes)
    tap.report(not memory, name .. ": the memory", memory)
    local svg = report(spec .. " --format svg", name .. ".svg")
    local _, boxes = svg:gsub('class="node"', "")
    tap.report(svg:find("^<svg") and not malformed(svg) and not foreign(svg) and boxes == #facts.graph.boxes, name .. ": svg", malformed(svg) or foreign(svg) or boxes)
    local dot = report(spec .. " --format dot", name .. ".dot")
    local _, arrows = dot:gsub(" %-> ", "")
    tap.report(arrows == #facts.graph.edges and dot:find("^digraph [%w_]+ {\n.*\n}\n$"), name .. ": dot", dot:sub(1, 500))
    edges, buffers = edges + #facts.graph.edges, buffers + #facts.memory.predict.buffers + (facts.memory.train and #facts.memory.train.buffers or 0)
end
print(("# checks: %d networks, %d edges, %d buffers"):format(#specs, edges, buffers))

local large = json.read((report("specs/resnet50.lua --format json", "large.json")))
tap.report(large.graph.width <= 1136 and large.graph.height < 2600, "resnet50 fits a page", large.graph.width .. "x" .. large.graph.height)
tap.report(#report("specs/resnet50.lua", "large.html") < 600000, "resnet50 is not large", "")
local tiles = {}
for _, t in ipairs(json.read((report("specs/mobilenet_v2.lua --format json", "tiles.json"))).tiles) do
    tiles[t.step .. " " .. t.pass] = t
end
local depthwise = tiles["depthwise1 predict"]
tap.report(depthwise and depthwise.form == "conv_depthwise" and depthwise.used16 == 100 and depthwise.tiles == "1x6", "tiles of a depthwise layer", depthwise and depthwise.tiles)
local layers = json.read((report("specs/mnist.lua --format json", "mnist.json"))).layers
tap.report(layers[1].backward_macs == layers[1].macs and layers[3].backward_macs == 2 * layers[3].macs and layers[2].backward_macs == 0,
    "backward: a gradient of the parameters, and one of the input where it is wanted", "")
local frozen = json.read((report("specs/resnet8.lua --format json --batch 4", "batch.json")))
tap.report(frozen.batch == 4 and frozen.tape_bytes < 24000000, "--batch", frozen.batch)

local odd = report(("'%s'"):format(tap.write(build .. "/a<b&\"c.lua", 'return model { input = "3", dense { 2 }, name = "odd" }')), "odd.html")
tap.report(#odd > 0 and not malformed(odd) and odd:find("a&lt;b&amp;&quot;c.lua", 1, true), "a spec with a name that HTML would read", malformed(odd))

-- With weights and a sample: one filter that copies its input, one that turns it round.
local tiny = tap.write(build .. "/tiny.lua", [[
return model { input = "4x4x1", conv2d { 2, kernel = 1, name = "c" }, global_avgpool2d {}, name = "tiny" }]])
local header = '{"c.kernel":{"dtype":"F32","shape":[1,1,1,2],"data_offsets":[0,8]},"c.bias":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}'
header = header .. (" "):rep(-#header % 8)
local weights = tap.write(build .. "/tiny.safetensors", string.pack("<I8", #header) .. header .. string.pack("<ffff", 1, -1, 0, 0))
local x = tap.write_npy(build .. "/x.npy", {4, 4, 1}, {0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
local arguments = ("%s --weights %s --input %s"):format(tiny, weights, x)
local page, err, path = report(arguments, "tiny.html")
local _, images = page:gsub('<img class="pixels"', "")
tap.report(images == 3 and not malformed(page) and not foreign(page), "weights and a sample: filters, the sample, its maps", images .. err)
local answers = page:match('<div class="outputs">(.-)</section>') or ""
tap.report(answers:find("output 0.*>0.5<.*output 1.*>%-0.5<"), "the answer", answers)
tap.report(page == report(arguments, "tiny2.html"), "the same bytes with pictures", "they differ")
tap.report(not report(tiny .. " --weights " .. weights, "tiny3.html"):find('id="maps"'), "without a sample no maps", "")

local fixed = report("specs/filters.lua", "fixed.html")
tap.report(fixed:find('id="filters"') and not fixed:find('id="maps"'), "kernels that the spec gives need no weights", "")

local function refused(name, arguments, status, text)
    local _, e, s = tap.run(cnngen .. " report " .. arguments)
    tap.report(s == status and e:find(text, 1, true), name, tostring(s) .. " " .. e)
end
refused("no -o", "specs/mnist.lua", 2, "report needs -o")
refused("a format that is not there", "specs/mnist.lua -o x --format htlm", 2, "did you mean 'html'")
refused("a sample without weights", "specs/mnist.lua -o x --input " .. x, 2, "--input needs --weights, too")
refused("two samples", "specs/mnist.lua -o x --weights w --input x.npy --data shapes", 2, "do not go together")
refused("--format elsewhere", "../check specs/mnist.lua --json", 2, "--json does not go")
refused("a sample of another shape", ("%s --weights %s --input %s -o %s/no.html"):format(tiny, weights, tap.write_npy(build .. "/y.npy", {3, 3, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9}), build), 1, "4x4x1")
refused("weights of another network", ("specs/mnist.lua --weights %s -o %s/no.html"):format(weights, build), 1, "conv1.kernel")
refused("a folder that is not there", ("specs/mnist.lua -o %s/nowhere/no.html"):format(build), 3, "nowhere")
tap.report(not tap.read(build .. "/no.html"), "a refused report leaves no file", "there is one")

-- In a browser: texts stay in their boxes, pictures are there, nothing is wider than the window, and it is not blank, light or dark.
local browser = tap.run("command -v chromium || command -v chromium-browser || true"):match("%S+")
if not browser then
    print("ok - in a browser # SKIP no chromium")
    tap.finish()
end
local folder = tap.run("cd " .. build .. " && pwd"):match("[^\n]+")
local options = " --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking" ..
    " --disable-component-update --disable-sync --hide-scrollbars --window-size=1280,800 --user-data-dir=" .. folder .. "/profile "
local probe = [[<script>
const bad = [], $ = (s, e = document) => [...e.querySelectorAll(s)];
for (const n of $('.node')) {
  const right = n.querySelector('.box').getBBox().width, t = $('text', n).map(x => [x.textContent, x.getBBox()]);
  for (const [s, b] of t) if (b.x < 0 || b.x + b.width > right) bad.push('outside: ' + s);
  for (let i = 0; i < t.length; i++) for (let k = 0; k < i; k++) {
    const a = t[i][1], b = t[k][1];
    if (a.x < b.x + b.width && b.x < a.x + a.width && a.y + 4 < b.y + b.height && b.y + 4 < a.y + a.height) bad.push('over: ' + t[i][0] + ' / ' + t[k][0]);
  }
}
for (const i of $('img')) if (!i.naturalWidth) bad.push('no picture: ' + i.alt);
if (document.documentElement.scrollWidth > innerWidth) bad.push('wider: ' + document.documentElement.scrollWidth);
document.title = 'RESULT rows ' + $('tr[data-layer]').length + ' nodes ' + $('.node').length + ' bad ' + bad.length + ' ' + bad.slice(0, 3).join('; ');
</script></body>]]
local function look(name, source)
    tap.write(build .. "/probe.html", (tap.read(source):gsub("</body>", function() return probe end)))
    local dom = tap.run(("timeout 90 %s %s --dump-dom 'file://%s/probe.html'"):format(browser, options, folder))
    local result = dom:match("<title>(RESULT.-)</title>") or dom:sub(1, 300)
    local rows = select(2, tap.read(source):gsub("data%-layer", ""))
    tap.report(result:find(("RESULT rows %d nodes %%d+ bad 0 "):format(rows)), name .. ": in a browser", result)
    for _, scheme in ipairs {"light", "dark"} do
        local shot = folder .. "/shot.png"
        os.remove(shot)
        tap.run(("timeout 90 %s %s --blink-settings=preferredColorScheme=%d --screenshot=%s 'file://%s/%s'"):format(
            browser, options, scheme == "dark" and 0 or 1, shot, folder, source:match("[^/]+$")))
        local eye = tap.write(build .. "/eye.lua", 'return model { input = "800x1280x3", avgpool2d { 10 } }')
        local out, e = tap.run(("%s run %s --input %s -o %s/eye.npy"):format(cnngen, eye, shot, build))
        local values = tap.read(build .. "/eye.npy") and tap.read_npy(build .. "/eye.npy") or {0}
        local sum, least, most = 0, 1, 0
        for _, v in ipairs(values) do
            sum, least, most = sum + v, math.min(least, v), math.max(most, v)
        end
        local mean = sum / #values
        tap.report(most - least > 0.2 and (scheme == "dark" and mean < 0.3 or scheme == "light" and mean > 0.8), name .. ": " .. scheme,
            ("mean %.3f, from %.3f to %.3f %s%s"):format(mean, least, most, out, e))
        os.remove(build .. "/eye.npy")
    end
end
for _, name in ipairs {"mnist", "resnet8", "resnet50", "unet_small", "inception"} do
    look(name, build .. "/" .. name .. ".html")
end
look("tiny", path)
tap.finish()
