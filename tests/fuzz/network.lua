-- network.lua - a random valid network: layers, blocks, names, loss, optimizer.
--
-- make(seed) gives {input = "9x7x3", fields = {{"batch", "2"}, ...}, layers = {...}}; text() is what stands between the braces of
-- `model { ... }`. A list of layers may have a `from`; a branch may be {text = "'name'"}; a block is a layer with `branches` or with
-- `body` and maybe `shortcut`.
local new_random = dofile("tests/fuzz/random.lua")
local layer = dofile("tests/fuzz/layer.lua")
local network = {}

local function list_text(list)
    local parts = {}
    if list.text then
        return list.text
    elseif list.from then
        parts[1] = "from = '" .. list.from .. "'"
    end
    for _, l in ipairs(list) do
        parts[#parts + 1] = network.layer_text(l)
    end
    return "{ " .. table.concat(parts, ", ") .. " }"
end

function network.layer_text(l)
    local parts = layer.options_text(l)
    for _, list in ipairs(l.branches or {}) do
        table.insert(parts, list_text(list))
    end
    for k, inner in ipairs(l.body or {}) do
        table.insert(parts, k, network.layer_text(inner))
    end
    if l.shortcut then
        parts[#parts + 1] = "shortcut = " .. list_text(l.shortcut)
    end
    if l.name then
        parts[#parts + 1] = "name = '" .. l.name .. "'"
    end
    return l.kind .. " { " .. table.concat(parts, ", ") .. " }"
end

function network.text(spec)
    local parts = {"input = '" .. spec.input .. "'"}
    for _, field in ipairs(spec.fields) do
        parts[#parts + 1] = field[1] .. " = " .. field[2]
    end
    for _, l in ipairs(spec.layers) do
        parts[#parts + 1] = "\n  " .. network.layer_text(l)
    end
    return table.concat(parts, ", ")
end

local Maker = {}
Maker.__index = Maker

function Maker:spend(cost, params)
    self.macs = self.macs - cost
    self.params = self.params + (params or 0)
end

-- Adds a layer that is written out; false when it does not fit.
function Maker:put(list, x, l)
    l.options = l.options or {}
    local y, cost, params = layer.shape(l, x)
    if not y or cost > self.macs or y.h * y.w * y.c > layer.VALUES_MOST or not layer.fits(l, x) then
        return nil
    end
    self:spend(cost, params)
    list[#list + 1] = l
    return y
end

function Maker:name(l, y)
    if self.r:once_in(4) then
        self.count = self.count + 1
        l.name = "n" .. self.count
        self.named[#self.named + 1] = {name = l.name, shape = y}
    end
end

-- Layers from shape x to shape y; false when there is no way within the budget.
function Maker:bridge(list, x, y)
    local r = self.r
    local dims = x.rank == 3 and "2d" or "1d"
    if x.rank == y.rank and x.rank > 1 and x.h >= y.h and x.w >= y.w then
        local dh, dw = x.h - y.h, x.w - y.w
        if (dh > 0 or dw > 0) and r:once_in(3) then
            local a, b = r:int(0, dh), r:int(0, dw)
            local crop = dims == "2d" and ("{ %d, %d, %d, %d }"):format(a, dh - a, b, dw - b) or ("{ %d, %d }"):format(b, dw - b)
            x = self:put(list, x, {kind = "cropping" .. dims, first = crop})
            return x and self:bridge(list, x, y)
        end
        local kernel = dims == "2d" and ("{ %d, %d }"):format(dh + 1, dw + 1) or tostring(dw + 1)
        local options = {{"kernel", kernel}}
        if dh == 0 and dw == 0 and r:once_in(2) then
            options = {{"kernel", r:of {"1", "2", "3", "3", "5"}}, {"padding", "'same'"}}
        end
        if r:once_in(3) then
            options[#options + 1] = {"activation", r:of {"'relu'", "'tanh'", "'gelu'", "'leaky_relu'"}}
        elseif r:once_in(3) then
            options[#options + 1] = {"bias", "false"}
        end
        return self:put(list, x, {kind = "conv" .. dims, first = tostring(y.c), options = options}) ~= nil
    end
    if x.rank > 1 then
        x = self:put(list, x, {kind = r:of {"flatten", dims == "2d" and "global_avgpool2d" or "global_maxpool1d"}})
    end
    x = x and self:put(list, x, {kind = "dense", first = tostring(y.h * y.w * y.c), options = r:once_in(2) and {{"activation", "'tanh'"}} or {}})
    if x and y.rank > 1 then
        return self:put(list, x, {kind = "reshape", first = y.rank == 3 and ("'%dx%dx%d'"):format(y.h, y.w, y.c) or ("'%dx%d'"):format(y.w, y.c)}) ~= nil
    end
    return x ~= nil
end

-- What was named since then is gone: a layer that does not come into the network cannot be read.
function Maker:forget(count, named)
    self.count = count
    for k = #self.named, named + 1, -1 do
        self.named[k] = nil
    end
end

-- A branch that ends in shape y, behind x; nil when there is none.
function Maker:branch(x, y)
    local count, named = self.count, #self.named
    local list = self:try_branch(x, y)
    if not list then
        self:forget(count, named)
    end
    return list
end

function Maker:try_branch(x, y)
    local r, list = self.r, {}
    if layer.same_shape(x, y) and r:once_in(3) then
        return list
    end
    if #self.named > 0 and r:once_in(3) then
        local one = r:of(self.named)
        if layer.same_shape(one.shape, y) and r:once_in(2) then
            return {text = "'" .. one.name .. "'"}
        end
        list.from, x = one.name, one.shape
    end
    if r:once_in(2) then
        local end_shape = self:chain(list, x, r:int(1, 2))
        if end_shape and layer.same_shape(end_shape, y) then
            return list
        end
        x = end_shape or x
    end
    return self:bridge(list, x, y) and list or nil
end

local function merge_options(r, y)
    if r:once_in(2) then
        local a = r:of {"relu", "relu", "tanh", "gelu", "sigmoid", "softmax", "leaky_relu", "hard_swish"}
        if a ~= "softmax" or y.c > 1 then
            return {{"activation", "'" .. a .. "'"}}
        end
    end
    return {}
end

local blocks = {}

function blocks.residual(self, x)
    local r, l = self.r, {kind = "residual", body = {}}
    local y = x
    if r:once_in(2) then
        y = self:chain(l.body, x, r:int(1, 3))
        if y and not layer.same_shape(x, y) then
            l.shortcut = self:branch(x, y)
            y = l.shortcut and y
        end
    elseif not (self:bridge(l.body, x, x)) then
        y = nil
    end
    if not y or #l.body == 0 then
        return nil
    end
    l.options = merge_options(r, y)
    return l, y
end

function blocks.add(self, x)
    local r, l = self.r, {kind = self.r:of {"add", "add", "mul"}, branches = {}}
    local y = self:chain({}, x, 0)
    local first = {}
    y = self:chain(first, x, r:int(0, 2))
    if not y then
        return nil
    end
    l.branches[1] = first
    for _ = 2, r:int(2, 4) do
        l.branches[#l.branches + 1] = self:branch(x, y)
    end
    if #l.branches < 2 then
        return nil
    end
    l.options = merge_options(r, y)
    return l, y
end

-- An image and a value for each of its channels.
function blocks.scale(self, x)
    local r, l = self.r, {kind = "mul", branches = {{}, {}}, options = merge_options(self.r, x)}
    if x.rank == 1 then
        return nil
    end
    local dims, gate = x.rank == 3 and "2d" or "1d", l.branches[2]
    local y = self:put(gate, x, {kind = r:of {"global_avgpool", "global_maxpool"} .. dims})
    y = y and r:once_in(2) and self:put(gate, y, {kind = "dense", first = tostring(r:int(1, 5)), options = {{"activation", "'relu'"}}}) or y
    y = y and self:put(gate, y, {kind = "dense", first = tostring(x.c), options = {{"activation", r:of {"'sigmoid'", "'hard_sigmoid'", "'tanh'"}}}})
    if not y then
        return nil
    end
    if r:once_in(4) then
        l.branches[1], l.branches[2] = gate, {}
    end
    return l, x
end

function blocks.concat(self, x)
    local r, l = self.r, {kind = "concat", branches = {}, options = {}}
    local first = {}
    local y = self:chain(first, x, r:int(0, 2))
    if not y then
        return nil
    end
    l.branches[1] = first
    local channels = y.c
    for _ = 2, r:int(2, 4) do
        local c = r:once_in(2) and y.c or layer.channels(r)
        local branch = self:branch(x, {h = y.h, w = y.w, c = c, rank = y.rank})
        if branch then
            l.branches[#l.branches + 1] = branch
            channels = channels + c
        end
    end
    if #l.branches < 2 or y.h * y.w * channels > layer.VALUES_MOST then
        return nil
    end
    return l, {h = y.h, w = y.w, c = channels, rank = y.rank}
end

-- Adds n random layers or blocks behind x; returns the shape of the last, nil when it must stop.
function Maker:chain(list, x, n)
    local r = self.r
    for _ = 1, n do
        local l, y, cost, params
        if self.depth < 2 and r:once_in(5) then
            self.depth = self.depth + 1
            local macs, count, named = self.macs, self.count, #self.named
            l, y = blocks[r:of {"residual", "residual", "add", "concat", "scale"}](self, x)
            self.depth = self.depth - 1
            if not l then -- what a branch in it was called is gone, too
                self.macs = macs
                self:forget(count, named)
            end
        end
        if not l then
            l, y, cost, params = layer.random(r, x, self.macs)
            if not l then
                return x
            end
            self:spend(cost, params)
        end
        self:name(l, y)
        list[#list + 1] = l
        x = y
    end
    return x
end

local function input_shape(r, large)
    local rank = r:weighted {{3, 6}, {2, 2}, {1, 1}}
    local function side()
        return r:once_in(8) and r:int(1, 24) or r:int(large and 4 or 1, large and 14 or 9)
    end
    local x = {h = rank == 3 and side() or 1, w = rank == 1 and 1 or rank == 2 and r:int(1, 30) or side(), c = r:int(1, rank == 1 and 30 or 4), rank = rank}
    return x, rank == 3 and ("%dx%dx%d"):format(x.h, x.w, x.c) or rank == 2 and ("%dx%d"):format(x.w, x.c) or tostring(x.c)
end

local function optimizer(r)
    local name = r:of {"sgd", "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"}
    local options = {}
    local function maybe(n, text)
        if r:once_in(n) then
            options[#options + 1] = text
        end
    end
    maybe(2, r:of {"lr = 0.1", "0.02", "lr = 0.003"})
    maybe(4, "weight_decay = 0.02")
    maybe(5, r:of {"clip_norm = 0.05", "clip_norm = 10"})
    if name == "momentum" or name == "nesterov" then
        maybe(2, "momentum = 0.7")
    elseif name == "rmsprop" then
        maybe(2, "rho = 0.6")
        maybe(3, "epsilon = 0.001")
    elseif name:find("adam") then
        maybe(3, "beta1 = 0.5")
        maybe(3, "beta2 = 0.8")
    end
    return name .. " { " .. table.concat(options, ", ") .. " }"
end

-- A head: few outputs, and a loss for them.
local function head(self, spec, x)
    local r, fields = self.r, spec.fields
    local last = ""
    if x.h * x.w * x.c > 150 or r:once_in(2) then
        local y = x
        if x.rank > 1 then
            y = self:put(spec.layers, x, {kind = (x.h * x.w * x.c > 600 or r:once_in(3)) and (x.rank == 3 and "global_avgpool2d" or "global_avgpool1d") or "flatten"}) or x
        end
        local units = r:int(1, 6)
        local activation = r:of {"linear", "softmax", "sigmoid", "tanh"}
        activation = activation == "softmax" and units == 1 and "sigmoid" or activation
        self.macs = self.macs + y.c * units
        y = y.rank == 1 and self:put(spec.layers, y, {kind = "dense", first = tostring(units), options = {{"activation", "'" .. activation .. "'"}}})
        if y then
            x, last = y, activation
        end
    end
    if last ~= "" and r:once_in(2) then
        return x
    end
    local losses = {"'mse'", "'mae'", "'huber'"}
    if last == "sigmoid" or last == "softmax" then
        losses[#losses + 1] = "'binary_cross_entropy'"
    end
    losses[#losses + 1] = last == "softmax" and "'cross_entropy'" or nil
    local loss = r:of(losses)
    fields[#fields + 1] = {"loss", loss}
    if loss == "'huber'" and r:once_in(2) then
        fields[#fields + 1] = {"huber_delta", "0.25"}
    end
    return x
end

function network.make(seed)
    local r = new_random(seed)
    local large = r:once_in(12) -- for forms that need whole vectors of channels
    local self = setmetatable({r = r, macs = large and 100000 or 8000, params = 0, named = {}, count = 0, depth = 0}, Maker)
    local spec = {seed = seed, large = large, fields = {{"batch", tostring(large and r:int(1, 2) or r:weighted {{1, 3}, {2, 4}, {3, 4}, {5, 1}, {9, 1}})}}, layers = {}}
    local x
    x, spec.input = input_shape(r, large)
    if large then
        local c = r:of {16, 16, 32, 48}
        x = self:put(spec.layers, x, {kind = x.rank == 3 and "conv2d" or x.rank == 2 and "conv1d" or "dense", first = tostring(c),
                                      options = x.rank > 1 and {{"kernel", "1"}} or {}}) or x
        if x.rank == 3 then
            x = self:put(spec.layers, x, {kind = "conv2d", first = tostring(r:of {16, 32, 48, 17}), options = {
                {"kernel", "3"}, {"padding", r:of {"1", "'same'", "0", "2", "{ 0, 1, 2, 0 }"}}, {"activation", r:of {"'relu'", "'tanh'", "'linear'"}}}}) or x
        end
    end
    x = self:chain(spec.layers, x, r:int(1, 5))
    head(self, spec, x)
    if #spec.layers == 0 then
        spec.layers[1] = {kind = "tanh", options = {}}
    end
    spec.fields[#spec.fields + 1] = {"optimizer", optimizer(r)}
    local named = {}
    for _, l in ipairs(spec.layers) do
        named[#named + 1] = l.name
    end
    if #named > 0 and r:once_in(8) then
        spec.fields[#spec.fields + 1] = {"freeze_until", "'" .. r:of(named) .. "'"}
    end
    spec.macs, spec.params = (large and 100000 or 8000) - self.macs, self.params
    spec.random = r
    return spec
end

return network
