-- export_keras.lua - what Keras calls each layer kind. Keras keeps images channels last, as cnngen does, and has its initialisers.
local P = load_template("export.lua")()
local num, size, is_padded = P.number, P.size, P.is_padded

local taken = "x image inputs layers keras ops np json sys argparse infinite_padding average_inside sides_continued"

return function(M)
    local T = {P = P, number = num}
    local names, readers = P.names(M, taken), P.readers(M)
    local variables = P.variables(M, names, readers)
    T.variables = variables

    local function dims(layer)
        return layer.x.rank - 1
    end
    local function sides(p, d)
        return d == 1 and P.tuple {p.left, p.right} or P.tuple {P.tuple {p.top, p.bottom}, P.tuple {p.left, p.right}}
    end
    local simple = {relu = "relu", relu6 = "relu6", sigmoid = "sigmoid", tanh = "tanh", softmax = "softmax", softplus = "softplus", softsign = "softsign",
        gelu = "gelu", silu = "silu", hard_sigmoid = "hard_sigmoid", hard_swish = "hard_silu"}

    -- A call: what makes the layer, with the arguments that all have; `part`: a name for what stands around the layer itself.
    local function make(layer, class, arguments, part)
        local list = {table.unpack(arguments)}
        if not part and #layer.tensors > 0 and not layer.trainable then
            list[#list + 1] = "trainable=False"
        end
        list[#list + 1] = ('name="%s"'):format(layer.name .. (part and "-" .. part or ""))
        return ("layers.%s(%s)"):format(class, table.concat(list, ", "))
    end
    local function pad(layer, p, part)
        return make(layer, ("ZeroPadding%dD"):format(dims(layer)), {sides(p, dims(layer))}, part or "pad")
    end
    local function initializer(t)
        if t.init == "constant" then
            return t.scale == 0 and '"zeros"' or ("keras.initializers.Constant(%s)"):format(num(t.scale))
        end
        return t.init == "fixed" and '"zeros"' or ('"%s"'):format(t.init)
    end

    -- Each kind: a list of layers, one applied to what the one before gives. An activation that Keras' layer has itself goes into it.
    local chain = {}
    local function with_activation(layer, arguments)
        if simple[layer.activation] then
            arguments[#arguments + 1] = ('activation="%s"'):format(simple[layer.activation])
        end
    end
    local function kernel_start(layer, arguments)
        local t = layer.tensors[1]
        local depthwise = layer.kind:find("depthwise", 1, true)
        if t.init ~= "glorot_uniform" then
            arguments[#arguments + 1] = (depthwise and "depthwise" or "kernel") .. "_initializer=" .. initializer(t)
        end
        local bias = layer.tensors[2]
        if bias and not (bias.init == "constant" and bias.scale == 0) then
            arguments[#arguments + 1] = "bias_initializer=" .. initializer(bias)
        end
    end

    local function conv(layer)
        local d, depthwise = dims(layer), layer.kind:find("depthwise", 1, true)
        local list, arguments = {}, depthwise and {size(layer.kernel, d)} or {layer.filters, size(layer.kernel, d)}
        local both = not P.is_one(layer.stride) and not P.is_one(layer.dilation)
        if not P.is_one(layer.stride) and not both then
            arguments[#arguments + 1] = "strides=" .. size(layer.stride, d)
        end
        if is_padded(layer.padding) then
            if layer.same and not both then
                arguments[#arguments + 1] = 'padding="same"'
            else
                list[1] = pad(layer, layer.padding)
            end
        end
        if not P.is_one(layer.dilation) then
            arguments[#arguments + 1] = "dilation_rate=" .. size(layer.dilation, d)
        end
        if depthwise and layer.multiplier > 1 then
            arguments[#arguments + 1] = "depth_multiplier=" .. layer.multiplier
        elseif not depthwise and layer.groups > 1 then
            arguments[#arguments + 1] = "groups=" .. layer.groups
        end
        if not layer.bias then
            arguments[#arguments + 1] = "use_bias=False"
        end
        with_activation(layer, arguments)
        kernel_start(layer, arguments)
        list[#list + 1] = make(layer, ("%sConv%dD"):format(depthwise and "Depthwise" or "", d), arguments)
        if both then -- Keras' layers have a stride or a dilation: pixels are left out afterwards
            list[#list + 1] = make(layer, ("MaxPooling%dD"):format(d), {"1", "strides=" .. size(layer.stride, d)}, "stride")
        end
        return list
    end
    for _, kind in ipairs {"conv%dd", "depthwise_conv%dd"} do
        chain[kind:format(1)], chain[kind:format(2)] = conv, conv
    end

    -- Transposed: all that the kernel reaches, then what the padding cuts off. Zeros behind the input make the output longer.
    local function transposed(layer)
        local d, list, more, cut = dims(layer), {}, {}, {}
        local axes = {{layer.x.h, layer.y.h, "h", "top", "bottom"}, {layer.x.w, layer.y.w, "w", "left", "right"}}
        for _, axis in ipairs(axes) do
            local n, out, a = axis[1], axis[2], axis[3]
            local s, reach = layer.stride[a], layer.dilation[a] * (layer.kernel[a] - 1) + 1
            local wanted, zeros = layer.padding[axis[4]] + out, 0
            while (n + zeros) * s + math.max(reach - s, 0) < wanted do
                zeros = zeros + 1
            end
            more[axis[4]], more[axis[5]] = 0, zeros
            cut[axis[4]], cut[axis[5]] = layer.padding[axis[4]], (n + zeros) * s + math.max(reach - s, 0) - wanted
        end
        if is_padded(more) then
            list[#list + 1] = pad(layer, more)
        end
        local arguments = {layer.filters, size(layer.kernel, d)}
        if not P.is_one(layer.stride) then
            arguments[#arguments + 1] = "strides=" .. size(layer.stride, d)
        end
        if not P.is_one(layer.dilation) then
            arguments[#arguments + 1] = "dilation_rate=" .. size(layer.dilation, d)
        end
        if not layer.bias then
            arguments[#arguments + 1] = "use_bias=False"
        end
        with_activation(layer, arguments)
        kernel_start(layer, arguments)
        list[#list + 1] = make(layer, ("Conv%dDTranspose"):format(d), arguments)
        if is_padded(cut) then
            list[#list + 1] = make(layer, ("Cropping%dD"):format(d), {sides(cut, d)}, "crop")
        end
        return list
    end
    chain.conv1d_transpose, chain.conv2d_transpose = transposed, transposed

    function chain.dense(layer)
        local arguments = {layer.filters}
        if not layer.bias then
            arguments[2] = "use_bias=False"
        end
        with_activation(layer, arguments)
        kernel_start(layer, arguments)
        return {make(layer, "Dense", arguments)}
    end

    local function pool(layer)
        local d, list, arguments = dims(layer), {}, {size(layer.kernel, dims(layer))}
        local average = layer.kind:find("avg", 1, true)
        if is_padded(layer.padding) and not average then
            list[1] = ("infinite_padding(%s)"):format(sides(layer.padding, d))
        elseif is_padded(layer.padding) and layer.count_padding then
            list[1] = pad(layer, layer.padding)
        elseif is_padded(layer.padding) then
            return {("average_inside(%s, %s, %s)"):format(size(layer.kernel, d), size(layer.stride, d), sides(layer.padding, d))}
        end
        if layer.stride.h ~= layer.kernel.h or layer.stride.w ~= layer.kernel.w then
            arguments[2] = "strides=" .. size(layer.stride, d)
        end
        list[#list + 1] = make(layer, ("%sPooling%dD"):format(average and "Average" or "Max", d), arguments)
        return list
    end
    for _, kind in ipairs {"maxpool1d", "maxpool2d", "avgpool1d", "avgpool2d"} do
        chain[kind] = pool
    end
    for kind, class in pairs {max = "GlobalMaxPooling", avg = "GlobalAveragePooling"} do
        for d = 1, 2 do
            chain[("global_%spool%dd"):format(kind, d)] = function(layer)
                return {make(layer, ("%s%dD"):format(class, d), {layer.keepdims and "keepdims=True" or nil})}
            end
        end
    end

    local function norm(layer, class, groups)
        local arguments = {layer.kind == "batch_norm" and "momentum=" .. num(layer.momentum) or nil}
        if groups then
            arguments[1] = "groups=" .. groups
        end
        arguments[#arguments + 1] = "epsilon=" .. num(layer.epsilon)
        if not layer.center then
            arguments[#arguments + 1] = "center=False"
        end
        if not layer.scale then
            arguments[#arguments + 1] = "scale=False"
        end
        return {make(layer, class, arguments)}
    end
    function chain.batch_norm(layer)
        return norm(layer, "BatchNormalization")
    end
    function chain.layer_norm(layer)
        return norm(layer, "LayerNormalization")
    end
    function chain.group_norm(layer)
        return norm(layer, "GroupNormalization", layer.groups)
    end
    function chain.instance_norm(layer)
        return norm(layer, "GroupNormalization", -1)
    end
    function chain.prelu(layer)
        local arguments = {}
        if dims(layer) > 0 then
            arguments[1] = "shared_axes=" .. (dims(layer) == 2 and "[1, 2]" or "[1]")
        end
        local start = initializer(layer.tensors[1])
        if start ~= '"zeros"' then
            arguments[#arguments + 1] = "alpha_initializer=" .. start
        end
        return {make(layer, "PReLU", arguments)}
    end
    function chain.dropout(layer)
        return {make(layer, "Dropout", {num(layer.rate)})}
    end
    function chain.spatial_dropout2d(layer)
        return {make(layer, "SpatialDropout2D", {num(layer.rate)})}
    end
    function chain.spatial_dropout1d(layer)
        return {make(layer, "SpatialDropout1D", {num(layer.rate)})}
    end
    function chain.flatten(layer)
        return {make(layer, "Flatten", {})}
    end
    function chain.reshape(layer)
        return {make(layer, "Reshape", {P.tuple(P.dims(layer.y))})}
    end
    local function zeros(layer)
        return {make(layer, ("ZeroPadding%dD"):format(dims(layer)), {sides(layer.padding, dims(layer))})}
    end
    chain.zero_padding1d, chain.zero_padding2d = zeros, zeros
    for _, mode in ipairs {"edge", "reflect"} do
        for d = 1, 2 do
            chain[("%s_padding%dd"):format(mode, d)] = function(layer)
                return {('sides_continued(%s, "%s")'):format(sides(layer.padding, d), mode)}
            end
        end
    end
    local function cropped(layer)
        return {make(layer, ("Cropping%dD"):format(dims(layer)), {sides(layer.padding, dims(layer))})}
    end
    chain.cropping1d, chain.cropping2d = cropped, cropped
    function chain.upsample2d(layer)
        return {make(layer, "UpSampling2D", {size(layer.factor, 2), layer.bilinear and 'interpolation="bilinear"' or nil})}
    end
    function chain.upsample1d(layer)
        if not layer.bilinear then
            return {make(layer, "UpSampling1D", {layer.factor.w})}
        end
        local x, y = layer.x, layer.y -- one axis is interpolated as an image of one row
        return {make(layer, "Reshape", {P.tuple {1, x.w, x.c}}, "row"),
            make(layer, "UpSampling2D", {P.tuple {1, layer.factor.w}, 'interpolation="bilinear"'}),
            make(layer, "Reshape", {P.tuple {y.w, y.c}}, "back")}
    end
    -- Channel (i*block + j)*c + k of a pixel is row i, column j of its block.
    function chain.depth_to_space(layer)
        local x, y, b = layer.x, layer.y, layer.block
        return {make(layer, "Reshape", {P.tuple {x.h, x.w, b, b, y.c}}, "blocks"), make(layer, "Permute", {"(1, 3, 2, 4, 5)"}, "order"),
            make(layer, "Reshape", {P.tuple {y.h, y.w, y.c}})}
    end
    function chain.space_to_depth(layer)
        local x, y, b = layer.x, layer.y, layer.block
        return {make(layer, "Reshape", {P.tuple {y.h, b, y.w, b, x.c}}, "blocks"), make(layer, "Permute", {"(1, 3, 2, 4, 5)"}, "order"),
            make(layer, "Reshape", {P.tuple {y.h, y.w, y.c}})}
    end

    -- Blocks join what several layers gave.
    local joins = {add = "Add", residual = "Add", mul = "Multiply", concat = "Concatenate"}
    local function joined(layer)
        local list = {}
        for k, from in ipairs(layer.inputs) do
            local x = variables[from]
            if layer.kind == "mul" and P.is_factor(P.input_shape(M, layer, k), layer) then
                local shape = layer.y.rank == 3 and {1, 1, layer.y.c} or {1, layer.y.c}
                x = make(layer, "Reshape", {P.tuple(shape)}, "factor" .. k) .. ("(%s)"):format(x)
            end
            list[k] = x
        end
        if #list == 1 then
            return list[1]
        end
        return make(layer, joins[layer.kind], {}) .. ("([%s])"):format(table.concat(list, ", "))
    end

    local has_activation = {dense = true}
    for _, kind in ipairs {"conv%dd", "depthwise_conv%dd", "conv%dd_transpose"} do
        has_activation[kind:format(1)], has_activation[kind:format(2)] = true, true
    end
    local function activation(layer)
        local a, own = layer.activation, layer.kind == layer.activation
        if a == "linear" or (has_activation[layer.kind] and simple[a]) then
            return nil
        elseif a == "leaky_relu" then
            return make(layer, "LeakyReLU", {"negative_slope=" .. num(layer.alpha)}, not own and "activation")
        elseif a == "elu" then
            return make(layer, "ELU", {"alpha=" .. num(layer.alpha)}, not own and "activation")
        end
        if a == "thresholded_relu" then
            return make(layer, "ReLU", {"threshold=" .. num(layer.alpha)}, not own and "activation")
        elseif a == "gelu_tanh" then
            return "keras.activations.gelu", ", approximate=True"
        end
        return make(layer, "Activation", {('"%s"'):format(simple[a])}, not own and "activation")
    end

    -- The parts of the file --------------------------------------------------------------------------------------------
    function T.layers()
        local lines = {}
        for i, layer in ipairs(M.layers) do
            local x, to, before = variables[layer.inputs[1]], variables[i], #lines
            P.check(layer, chain[layer.kind] or joins[layer.kind])
            local function line(value)
                lines[#lines + 1] = {("%s = %s"):format(to, value), ""}
                x = to
            end
            if joins[layer.kind] then
                line(joined(layer))
            else
                for _, part in ipairs(chain[layer.kind] and chain[layer.kind](layer) or {}) do
                    line(("%s(%s)"):format(part, x))
                end
            end
            local last, more = activation(layer)
            if last then
                line(("%s(%s%s)"):format(last, x, more or ""))
            end
            if #lines == before and to ~= x then
                line(x)
            end
            if #lines > before then
                lines[#lines][2] = "  # " .. layer.y.text
            end
        end
        return lines, variables[#M.layers]
    end

    function T.fixed()
        local lines = {}
        for _, layer in ipairs(M.layers) do
            for _, t in ipairs(layer.tensors) do
                if t.init == "fixed" then
                    lines[#lines + 1] = ('set_tensor(model, "%s.%s", np.array([\n            %s,\n    ]))'):format(layer.name, t.name, P.values(t.values))
                end
            end
        end
        return lines
    end

    function T.tensors()
        local rows = {}
        for _, layer in ipairs(M.layers) do
            for _, t in ipairs(layer.tensors) do
                rows[#rows + 1] = ('"%s.%s": Tensor("%s", "%s", %s),'):format(layer.name, t.name, layer.name, t.name, P.tuple(t.dims))
            end
        end
        return rows
    end

    function T.uses(pattern, test)
        for _, layer in ipairs(M.layers) do
            if layer.kind:find(pattern) and test(layer) then
                return true
            end
        end
        return false
    end
    local function is_any()
        return true
    end
    T.uses_infinite_padding = T.uses("^maxpool", function(layer) return is_padded(layer.padding) end)
    T.uses_sides_continued = T.uses("^edge_padding", is_any) or T.uses("^reflect_padding", is_any)
    T.uses_average_inside = T.uses("^avgpool", function(layer) return is_padded(layer.padding) and not layer.count_padding end)

    function T.optimizer()
        return P.optimizer(M.optimizer, "keras.optimizers", {},
            {lr = "learning_rate=", rho = "rho=", betas = "beta_1=%s, beta_2=%s", epsilon = "epsilon=", clip_norm = "global_clipnorm="})
    end
    return T
end
