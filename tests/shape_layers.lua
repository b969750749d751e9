-- shape_layers.lua - a shape fact of Keras, TensorFlow or ONNX in the words of a spec.
-- Returns translate(case), which gives input shape, layers (text), output shape (nil: an error) and the number of weights (nil: not told); or
-- nil and the reason why our layers cannot say it. Shapes are of one sample, channels last.
local json = require "json"

local function cannot(reason)
    error({reason = reason})
end

-- A Lua value as the text of a spec. Only strings, numbers, booleans and (nested) lists occur.
local function literal(value)
    if type(value) ~= "table" then
        return type(value) == "string" and ("%q"):format(value) or tostring(value)
    end
    local parts = {}
    for i, item in ipairs(value) do
        parts[i] = literal(item)
    end
    return "{" .. table.concat(parts, ", ") .. "}"
end

-- kind { key = value, ... }, keys in the order given; values that are nil are left out.
local function call(kind, ...)
    local parts, list = {}, table.pack(...)
    for i = 1, list.n, 2 do
        if list[i + 1] ~= nil then
            parts[#parts + 1] = list[i] .. " = " .. literal(list[i + 1])
        end
    end
    return kind .. " { " .. table.concat(parts, ", ") .. " }"
end

-- {{1, 2}, {3, 4}} is {1, 2, 3, 4} for us.
local function flat(value, list)
    if type(value) ~= "table" then
        return value
    end
    list = list or {}
    for _, item in ipairs(value) do
        if type(item) == "table" then
            flat(item, list)
        else
            list[#list + 1] = item
        end
    end
    return list
end

local function each(value, axis)
    return type(value) == "table" and value[axis] or value or 1
end

-- The shape of a sample. `axis` (from 0, the batch) is the one that holds our channels, the last otherwise.
local function sample(shape, axis)
    local out = {}
    if shape.n == 0 then
        cannot("no batch dimension")
    elseif shape.n == 1 then
        cannot("a sample of rank 0")
    end
    axis = axis and (axis < 0 and axis + shape.n or axis) or shape.n - 1
    if axis == 0 then
        cannot("joins or mixes samples of the batch")
    end
    for i = 1, shape.n - 1 do
        if shape[i + 1] == json.null then
            cannot("unknown size")
        end
        if i ~= axis then
            out[#out + 1] = shape[i + 1]
        end
    end
    out[#out + 1] = shape[axis + 1]
    return out
end

local function product(list, first)
    local p = 1
    for i = first or 1, list.n or #list do
        p = type(list[i]) == "number" and p and p * list[i] or nil
    end
    return p
end

-- SAME_LOWER has the odd cell before, a causal convolution everything: both can be said with numbers. So can ceil_mode: cells behind that make
-- room for one more window, unless it would start there.
local function pad_numbers(case, dims, kernel, stride, dilation, given)
    local before, after = {}, {}
    for i = 1, dims do
        local reach, s, size = each(dilation, i) * (each(kernel, i) - 1) + 1, each(stride, i), case.input[i]
        local total = math.max((-(-size // s) - 1) * s + reach - size, 0)
        before[i], after[i] = total - total // 2, total // 2
        if case.args.padding == "causal" then
            before[i], after[i] = reach - 1, 0
        elseif given then
            before[i], after[i] = given[i], given[dims + i]
        end
        local rest = (before[i] + size + after[i] - reach) % s
        if case.args.ceil_mode == 1 and rest > 0 and size + before[i] + after[i] - reach - rest + s < size + before[i] then
            after[i] = after[i] + s - rest
        end
    end
    return dims == 1 and {before[1], after[1]} or {before[1], after[1], before[2], after[2]}
end

-- "explicit" of TensorFlow: before and after for each of four axes.
local function explicit_padding(case)
    local pads, axis = case.args.explicit_paddings, case.layout == "NHWC" and 1 or 2
    if pads.n ~= 8 then
        cannot("padding of every axis, batch and channels, too")
    end
    for i = 1, 4 do
        if (i - 1 < axis or i - 1 > axis + 1) and (pads[2 * i - 1] ~= 0 or pads[2 * i] ~= 0) then
            cannot("padding of every axis, batch and channels, too")
        end
    end
    return {table.unpack(pads, 2 * axis + 1, 2 * axis + 4)}
end

local function padding(case, kernel, stride, dilation)
    local a, dims = case.args, case.dims
    if a.padding == "explicit" then
        return explicit_padding(case)
    elseif a.auto_pad == "SAME_LOWER" or a.padding == "causal" then
        return pad_numbers(case, dims, kernel, stride, dilation)
    elseif a.auto_pad then
        return a.auto_pad == "SAME_UPPER" and "same" or a.auto_pad == "VALID" and "valid" or cannot("auto_pad " .. a.auto_pad)
    elseif a.ceil_mode == 1 then
        return pad_numbers(case, dims, kernel, stride, dilation, a.pads or {0, 0, 0, 0})
    elseif a.pads then
        return dims == 1 and flat(a.pads) or {a.pads[1], a.pads[3], a.pads[2], a.pads[4]}
    end
    return a.padding
end

-- Kernel, stride, padding and dilation of a convolution; the weights say what no argument says: HWIO in TensorFlow, OIHW in ONNX.
local function window(case)
    local a, w = case.args, case.weights
    local kernel = a.kernel_size or a.kernel_shape
    if not kernel then
        local first = case.suite == "tensorflow" and 1 or 3
        kernel = {table.unpack(w, first, first + w.n - 3)}
    end
    local stride, dilation = a.strides, a.dilation_rate or a.dilations
    return kernel, stride, padding(case, kernel, stride, dilation), dilation
end

local function name(case, base)
    return ("%s%dd"):format(base, case.dims)
end

-- Weights come without a bias; nil where there are none: as a call without that option.
local function bias(weights)
    if weights then
        return false
    end
end

local say = {}

function say.conv(case)
    local a, w = case.args, case.weights
    local filters, groups = a.filters, a.groups or a.group
    if w then
        filters = case.suite == "tensorflow" and w[w.n] or w[1]
        local depth = case.suite == "tensorflow" and w[w.n - 1] or w[2] * (groups or 1)
        if w.n == case.dims + 2 and case.input[case.dims + 1] and depth ~= case.input[case.dims + 1] then
            cannot("a kernel of another depth than its input: ours follows from the input")
        end
    end
    local kernel, stride, pad, dilation = window(case)
    return call(name(case, "conv"), "filters", filters, "kernel", kernel, "stride", stride, "padding", pad, "dilation", dilation, "groups", groups,
        "bias", bias(w)), w and product(w)
end

function say.depthwise_conv(case)
    local a, w = case.args, case.weights
    if w and w[3] ~= case.input[case.dims + 1] then
        cannot("a kernel of another depth than its input: ours follows from the input")
    end
    local kernel, stride, pad, dilation = window(case)
    return call(name(case, "depthwise_conv"), "kernel", kernel, "stride", stride, "padding", pad, "dilation", dilation,
        "multiplier", w and w[4] or a.depth_multiplier, "bias", bias(w)), w and product(w)
end

-- There is a block for images; for one axis it is written out.
function say.separable_conv(case)
    local a = case.args
    local kernel, stride, pad, dilation = window(case)
    if case.dims == 2 then
        return call("separable_conv2d", "filters", a.filters, "kernel", kernel, "stride", stride, "padding", pad, "dilation", dilation,
            "multiplier", a.depth_multiplier)
    end
    return call("depthwise_conv1d", "kernel", kernel, "stride", stride, "padding", pad, "dilation", dilation, "multiplier", a.depth_multiplier,
        "bias", false) .. ", " .. call("conv1d", "filters", a.filters, "kernel", 1)
end

function say.conv_transpose(case)
    local a, w = case.args, case.weights
    if a.output_shape then
        cannot("conv_transpose: output_shape")
    elseif (a.group or 1) > 1 then
        cannot("conv_transpose: groups")
    elseif w and w.n < 2 then
        cannot("weights without a kernel")
    end
    local kernel, stride, pad, dilation = window(case)
    return call(name(case, "conv") .. "_transpose", "filters", a.filters or w[2], "kernel", kernel, "stride", stride, "padding", pad,
        "output_padding", a.output_padding, "dilation", dilation, "bias", bias(w)), w and product(w)
end

local function pool(base)
    return function(case)
        local a = case.args
        for i = 1, case.dims do
            if each(a.dilations, i) ~= 1 then
                cannot("pools: dilation")
            end
        end
        local size = a.pool_size or a.kernel_shape
        local stride = a.strides or a.kernel_shape and 1 or nil -- ONNX: 1; Keras: the pool, as ours
        return call(name(case, base), "pool", size, "stride", stride, "padding", padding(case, size, stride),
            "count_padding", a.count_include_pad and a.count_include_pad == 1)
    end
end
say.max_pool = pool("maxpool")
say.avg_pool = pool("avgpool")

-- ONNX keeps the axes.
local function global_pool(base)
    return function(case)
        local keep = case.args.keepdims
        if case.suite ~= "keras" then
            keep = true
        end
        return call(name(case, base), "keepdims", keep)
    end
end
say.global_max_pool = global_pool("global_maxpool")
say.global_avg_pool = global_pool("global_avgpool")

function say.crop(case)
    return call(name(case, "cropping"), "cropping", flat(case.args.cropping))
end

-- ONNX: before for every axis, then after for every axis, or for those that input:3 names.
local function onnx_pads(case)
    local a = case.args
    local pads, rank, sides = a.pads or a["input:1"], case.inputs[1].n, {}
    local axes = a["input:3"] or {}
    if (a.mode or "constant") ~= "constant" or (a.value or 0) ~= 0 then
        cannot("padding with anything but zeros")
    end
    for i = 1, rank do
        sides[i] = axes[1] and {0, 0} or {pads[i], pads[rank + i]}
    end
    for i, axis in ipairs(axes) do
        sides[(axis < 0 and axis + rank or axis) + 1] = {pads[i], pads[#axes + i]}
    end
    for i = 1, 2 do
        if sides[i] and (sides[i][1] ~= 0 or sides[i][2] ~= 0) then
            cannot("padding of every axis, batch and channels, too")
        end
    end
    return flat({table.unpack(sides, 3)})
end

function say.zero_pad(case)
    return call(name(case, "zero_padding"), "padding", case.suite == "keras" and flat(case.args.padding) or onnx_pads(case))
end

function say.upsample(case)
    return call(name(case, "upsample"), "factor", case.args.size)
end

function say.depth_to_space(case)
    if case.args.mode == "CRD" then
        cannot("depth_to_space: PyTorch's order of channels")
    end
    return call("depth_to_space", "block", case.args.blocksize)
end

function say.space_to_depth(case)
    return call("space_to_depth", "block", case.args.blocksize)
end

function say.dense(case)
    return call("dense", "units", case.args.units, "activation", case.args.activation)
end

-- A product with a matrix is a dense layer when the other side is a batch of vectors.
local function has_bias(case)
    return case.inputs[3] ~= nil and case.inputs[3] ~= json.null
end

local function matrix(case, units)
    return call("dense", "units", units, "bias", has_bias(case))
end

function say.matmul(case)
    local x, w = case.inputs[1], case.inputs[2]
    if x.n ~= 2 or w.n ~= 2 then
        cannot("a product of anything but a batch of vectors and a matrix")
    elseif w[2] == json.null then
        cannot("unknown size")
    end
    return matrix(case, w[2]), product(w)
end

function say.gemm(case)
    local a, w, c = case.args, case.inputs[2], case.inputs[3]
    if a.transA == 1 then
        cannot("joins or mixes samples of the batch")
    elseif has_bias(case) and c.n == 2 and c[1] > 1 then
        cannot("a bias of its own for every sample")
    end
    local units = a.transB == 1 and w[1] or w[2]
    return matrix(case, units), product(w) + (has_bias(case) and units or 0)
end

-- Axis 1 is where samples become vectors.
function say.flatten(case)
    local axis, rank = case.args.axis or 1, case.inputs[1].n
    if (axis < 0 and axis + rank or axis) ~= 1 then
        cannot("joins or mixes samples of the batch")
    end
    return "flatten {}"
end

function say.reshape(case)
    local target = case.args.target_shape
    if not target then
        target = case.args["input:1"]
        if target[1] ~= 0 and target[1] ~= case.inputs[1][1] then
            cannot("joins or mixes samples of the batch")
        end
        target = {table.unpack(target, 2)}
    end
    for _, size in ipairs(target) do
        if size == -1 or size == 0 then
            cannot("reshape: sizes that follow from the input")
        end
    end
    return #target > 3 and cannot("more than two axes") or call("reshape", "shape", flat(target))
end

function say.activation(case)
    return case.args.activation == nil and "relu {}" or case.args.activation .. " {}"
end

function say.softmax()
    return "softmax {}"
end

function say.dropout()
    return "dropout { 0.5 }"
end

function say.batch_norm()
    return "batch_norm {}"
end

-- Several inputs: branches of one that give each its shape.
local function branches(kind)
    return function(case)
        local parts = {}
        for i, shape in ipairs(case.inputs) do
            if shape.n < case.inputs[1].n then
                cannot(kind .. ": broadcasting")
            end
            local x = sample(shape, kind == "concat" and case.args.axis or nil)
            parts[i] = ("{ dense { %d }, reshape { %s } }"):format(product(x), literal(x))
        end
        for i = 1, kind == "add" and #case.inputs or 0 do
            for axis = 1, case.inputs[i].n do
                if case.inputs[i][axis] ~= case.inputs[1][axis] then
                    cannot("add: broadcasting")
                end
            end
        end
        case.input = {1}
        return kind .. " { " .. table.concat(parts, ", ") .. " }"
    end
end
say.add = branches("add")
say.multiply = branches("mul")
say.concat = branches("concat")

-- Every argument that some translation above reads, or that changes no shape; another one would be lost silently.
local known = {}
for key in ([[activation allowzero alpha auto_pad axis beta blocksize broadcast ceil_mode count_include_pad cropping data_format depth_multiplier
    dilation_rate dilations epsilon explicit_paddings filters group groups input:1 input:3 is_test keepdims kernel_shape kernel_size mode momentum
    opset output_padding output_shape pads padding pool_size size storage_order strides target_shape training_mode transA transB units value
    ]]):gmatch("%S+") do
    known[key] = true
end

-- Kinds that name the axis of their channels, and kinds whose channels are where the layout says.
local joined = {softmax = true, concat = true}
local by_layout = {}
for kind in ([[conv depthwise_conv separable_conv conv_transpose max_pool avg_pool global_max_pool global_avg_pool crop zero_pad upsample depth_to_space
    space_to_depth batch_norm activation dropout]]):gmatch("%S+") do
    by_layout[kind] = true
end

local function channel_axis(case)
    return joined[case.kind] and case.args.axis or by_layout[case.kind] and case.layout == "NCHW" and 1 or nil
end

-- A layer that no input is told for gets one that it fits.
local plausible = {[0] = {16}, {16, 4}, {16, 16, 4}}

local function prepare(case)
    if not say[case.kind] then
        cannot("no layer: " .. case.kind)
    end
    for key, value in pairs(case.args) do
        assert(known[key], case.id .. ": unknown argument " .. key)
        case.args[key] = value ~= json.null and value or nil
    end
    local inputs = case.inputs ~= json.null and case.inputs or nil
    local size = case.args.pool_size or case.args.kernel_shape
    local listed = case.source.spatial_rank or tonumber((case.source.layer or ""):match("(%d)D"))
    case.inputs = inputs
    case.dims = listed or inputs and inputs[1].n > 2 and inputs[1].n - 2 or case.weights and case.weights.n - 2 or size and size.n or 0
    if case.dims > 2 then
        cannot("more than two axes")
    end
    case.input = inputs and sample(inputs[1], channel_axis(case)) or plausible[case.dims]
end

local function translate(case)
    prepare(case)
    local layers, weights = say[case.kind](case)
    local expected = case.expected.shape and sample(case.expected.shape, channel_axis(case))
    return {input = case.input, layers = layers, expected = expected, weights = weights}
end

return function(case)
    local ok, result = pcall(translate, case)
    if ok then
        return result
    elseif type(result) == "table" then
        return nil, result.reason
    end
    error(result, 0)
end
