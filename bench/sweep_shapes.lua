-- sweep_shapes.lua - the convolutions of the sweep: shapes at the edges, written down, and shapes drawn by a seeded generator.
--
-- A shape is a table: h w ic (input), oc, kh kw, sh sw (stride), dh dw (dilation), groups, pool (false, "max", "avg"), pads (top,
-- bottom, left, right), yh yw (output), macs, plus its id, name and class. The padding rules stand here a second time, on purpose:
-- nothing of the sweep's reference comes from the compiler.
local COUNT, SEED, LARGEST = 220, 20240607, 12e6 -- shapes in all; multiply-adds of the largest
local CHANNELS = {1, 2, 3, 5, 7, 8, 12, 15, 16, 17, 24, 31, 32, 33, 47, 48, 63, 64, 65, 70}

-- {h, w, ic, oc, kernel, stride, dilation, padding, groups, pool}; what is missing is one, none, none.
local edges = {
    {1, 1, 1, 1, {1, 1}}, -- one multiply-add
    {5, 5, 3, 7, {5, 5}}, -- the kernel is the image
    {5, 6, 2, 17, {7, 7}, nil, nil, "same"}, -- larger than the image
    {6, 5, 3, 4, {3, 3}, nil, nil, {3, 3, 3, 3}}, -- windows of padding only
    {7, 9, 5, 12, {3, 2}, nil, nil, {0, 3, 2, 0}},
    {11, 8, 1, 70, {1, 1}, {3, 3}}, -- a stride that skips pixels
    {9, 10, 70, 1, {3, 3}, {2, 1}, nil, "same"},
    {17, 15, 3, 5, {7, 7}, nil, {2, 2}},
    {12, 7, 17, 17, {3, 3}, nil, nil, "same", 17}, -- depthwise
    {8, 8, 6, 99, {3, 3}, nil, nil, {1, 0, 0, 1}, 3},
    {5, 40, 8, 33, {1, 7}, {1, 2}, {1, 2}, "same"},
    {40, 5, 16, 15, {7, 1}, {2, 1}, nil, "same"},
    {5, 3, 65, 65, {2, 3}, nil, nil, "same"}, -- rows shorter than a tile
    {9, 11, 3, 31, {3, 3}, nil, nil, "same", nil, "max"}, -- rows and columns no pool reaches
    {13, 10, 7, 8, {2, 3}, {2, 1}, nil, {1, 2, 0, 1}, nil, "avg"},
    {6, 6, 4, 64, {4, 4}, {3, 2}, nil, {2, 1, 1, 2}},
}

local state = SEED
local function draw(n) -- 1 .. n
    state = (state * 6364136223846793005 + 1442695040888963407)
    return (state >> 33) % n + 1
end

local function pick(list)
    return list[draw(#list)]
end

local function pads_of(size, k, s, d, padding, side)
    if type(padding) == "table" then
        return padding[side], padding[side + 1]
    elseif padding ~= "same" then
        return 0, 0
    end
    local missing = math.max(((size + s - 1) // s - 1) * s + d * (k - 1) + 1 - size, 0)
    return missing // 2, missing - missing // 2
end

local function class_of(s)
    if s.groups > 1 then return "grouped" end
    if s.dh * s.dw > 1 then return "dilated" end
    if s.sh * s.sw > 1 then return "strided" end
    if s.kh * s.kw == 1 then return "1x1" end
    return s.oc < 8 and "few (<8)" or s.oc < 16 and "8..15" or ">=16"
end

local function name_of(s, padding)
    local text = ("%dx%dx%d o%d k%dx%d"):format(s.h, s.w, s.ic, s.oc, s.kh, s.kw)
    local function add(condition, format, ...)
        text = text .. (condition and format:format(...) or "")
    end
    add(s.sh * s.sw > 1, " s%dx%d", s.sh, s.sw)
    add(s.dh * s.dw > 1, " d%dx%d", s.dh, s.dw)
    add(padding == "same", " same")
    add(type(padding) == "table", " p%s", type(padding) == "table" and table.concat(padding, ","))
    add(s.groups > 1, " g%d", s.groups)
    add(s.pool, " %s", s.pool)
    return text
end

-- The whole shape, or nil when it has no output or is too large.
local function shape(row)
    local h, w, ic, oc, kernel, stride, dilation, padding, groups, pool = table.unpack(row, 1, 10)
    stride, dilation = stride or {1, 1}, dilation or {1, 1}
    local s = {h = h, w = w, ic = ic, oc = oc, kh = kernel[1], kw = kernel[2], sh = stride[1], sw = stride[2], dh = dilation[1], dw = dilation[2],
        groups = groups or 1, pool = pool or false, padding = padding or "valid"}
    local top, bottom = pads_of(h, s.kh, s.sh, s.dh, padding, 1)
    local left, right = pads_of(w, s.kw, s.sw, s.dw, padding, 3)
    s.pads = {top, bottom, left, right}
    s.yh = (h + top + bottom - s.dh * (s.kh - 1) - 1) // s.sh + 1
    s.yw = (w + left + right - s.dw * (s.kw - 1) - 1) // s.sw + 1
    s.macs = s.yh * s.yw * s.kh * s.kw * (ic // s.groups) * oc
    s.class, s.name = class_of(s), name_of(s, padding)
    local least = s.pool and 2 or 1
    return s.yh >= least and s.yw >= least and s.macs <= LARGEST and s or nil
end

local function drawn(index)
    local ic, oc = pick(CHANNELS), pick(CHANNELS)
    local groups = 1
    if draw(8) == 1 then -- depthwise, or a few groups of odd sizes
        groups = draw(2) == 1 and ic or pick {2, 3, 4}
        ic, oc = groups * math.max(ic // groups, 1), groups * math.max(oc // groups, 1)
    end
    local kernel = draw(3) == 1 and {draw(7), draw(7)} or pick {{1, 1}, {3, 3}, {3, 3}, {5, 5}, {2, 2}, {7, 7}}
    local stride = draw(5) == 1 and {draw(3), draw(3)} or {1, 1}
    local dilation = draw(7) == 1 and {draw(2), draw(2)} or {1, 1}
    local padding = pick {"valid", "valid", "same", "same", {draw(4) - 1, draw(4) - 1, draw(4) - 1, draw(4) - 1}}
    padding = padding ~= "valid" and padding or nil
    return {draw(36) + 4, draw(36) + 4, ic, oc, kernel, stride, dilation, padding, groups, index % 6 == 0 and pick {"max", "max", "avg"}}
end

local shapes, seen = {}, {}
local function add(s)
    if s and not seen[s.name] then
        seen[s.name] = true
        shapes[#shapes + 1] = s
        s.id = ("s%03d"):format(#shapes)
    end
end
for _, row in ipairs(edges) do
    add(assert(shape(row)))
end
while #shapes < COUNT do
    add(shape(drawn(#shapes + 1)))
end
return {all = shapes, edges = #edges}
