-- export_torch.lua - what PyTorch calls each layer kind. PyTorch keeps the channels of an image in front of its rows.
local P = load_template("export.lua")()
local num, size, is_padded, is_even = P.number, P.size, P.is_padded, P.is_even

-- What a module, and the forward function of this file, use themselves.
local taken = [[x self image inputs F torch nn np depth_to_space space_to_depth average_inside dump_patches training call_super_init forward
    T_destination register_buffer register_parameter add_module register_module get_submodule set_submodule get_parameter get_buffer
    get_extra_state set_extra_state apply cuda ipu xpu mtia cpu type float double half bfloat16 to_empty to state_dict load_state_dict
    register_full_backward_pre_hook register_backward_hook register_full_backward_hook register_forward_pre_hook register_forward_hook
    register_state_dict_post_hook register_state_dict_pre_hook register_load_state_dict_pre_hook register_load_state_dict_post_hook
    parameters named_parameters buffers named_buffers children named_children modules named_modules train eval requires_grad_ zero_grad
    share_memory extra_repr compile reset]]

return function(M)
    local T = {P = P, number = num}
    local names, readers = P.names(M, taken), P.readers(M)
    local variables = P.variables(M, names, readers)
    T.variables = variables

    local function dims(layer)
        return layer.x.rank - 1
    end
    -- To channels last and back; a shape with one channel or one pixel only changes its axes.
    local function last(shape)
        return shape.rank == 3 and ".permute(0, 2, 3, 1)" or shape.rank == 2 and ".transpose(1, 2)" or ""
    end
    local function first(shape)
        return shape.rank == 3 and ".permute(0, 3, 1, 2)" or shape.rank == 2 and ".transpose(1, 2)" or ""
    end
    local function pad(p, d, sign)
        sign = sign or 1
        local list = {sign * p.left, sign * p.right}
        if d == 2 then
            list[3], list[4] = sign * p.top, sign * p.bottom
        end
        return P.tuple(list)
    end
    local function even(p, d)
        return size({h = p.top, w = p.left}, d)
    end

    -- Flattened values keep PyTorch's order, channels first, where only dense layers and what works value by value read them; cnngen
    -- expects exactly that of a state dict. The weights change places instead.
    local value_by_value = {batch_norm = true, layer_norm = true, prelu = true, dropout = true}
    local function only_dense(i)
        for _, reader in ipairs(readers[i]) do
            local layer = M.layers[reader]
            local same = value_by_value[layer.kind] or layer.activation == layer.kind
            if layer.kind ~= "dense" and not (same and only_dense(reader)) then
                return false
            end
        end
        return #readers[i] > 0
    end
    local function channels_first(i)
        local x = M.layers[i].x
        return x.h * x.w == 1 or x.c == 1 or only_dense(i)
    end
    -- The image that the input of a layer was flattened from, channels first.
    local function flattened(layer)
        while #layer.inputs == 1 and layer.inputs[1] > 0 do
            local i = layer.inputs[1]
            layer = M.layers[i]
            if layer.kind == "flatten" then
                return layer.x.h * layer.x.w > 1 and layer.x.c > 1 and channels_first(i) and layer.x or nil
            elseif not (value_by_value[layer.kind] or layer.activation == layer.kind) then
                return nil
            end
        end
        return nil
    end

    -- Modules ---------------------------------------------------------------------------------------------------------
    local modules = {}
    local function window(layer, arguments)
        local d = dims(layer)
        local p = layer.padding
        if not P.is_one(layer.stride) then
            table.insert(arguments, "stride=" .. size(layer.stride, d))
        end
        if is_padded(p) and is_even(p) then
            table.insert(arguments, "padding=" .. even(p, d))
        end
        if not P.is_one(layer.dilation) then
            table.insert(arguments, "dilation=" .. size(layer.dilation, d))
        end
    end
    local function conv(layer)
        local arguments = {layer.x.c, layer.filters, "kernel_size=" .. size(layer.kernel, dims(layer))}
        window(layer, arguments)
        if layer.kind:find("transpose", 1, true) and not P.is_one {h = layer.output_padding.h + 1, w = layer.output_padding.w + 1} then
            table.insert(arguments, "output_padding=" .. size(layer.output_padding, dims(layer)))
        end
        if layer.groups > 1 then
            table.insert(arguments, "groups=" .. layer.groups)
        end
        if not layer.bias then
            table.insert(arguments, "bias=False")
        end
        return ("nn.Conv%s%dd(%s)"):format(layer.kind:find("transpose", 1, true) and "Transpose" or "", dims(layer), table.concat(arguments, ", "))
    end
    for _, kind in ipairs {"conv%dd", "depthwise_conv%dd", "conv%dd_transpose"} do
        modules[kind:format(1)], modules[kind:format(2)] = conv, conv
    end
    -- Padding as a module has it: the same on both sides, at most half a window.
    local function fits(layer)
        local p, k = layer.padding, layer.kernel
        return is_even(p) and p.top <= k.h // 2 and p.left <= k.w // 2
    end
    local function pool(layer)
        local d, arguments = dims(layer), {size(layer.kernel, dims(layer))}
        local average = layer.kind:find("avg", 1, true)
        if is_padded(layer.padding) and average and not fits(layer) and not layer.count_padding then
            return nil -- average_inside
        end
        if layer.stride.h ~= layer.kernel.h or layer.stride.w ~= layer.kernel.w then
            table.insert(arguments, "stride=" .. size(layer.stride, d))
        end
        if is_padded(layer.padding) and fits(layer) then
            table.insert(arguments, "padding=" .. even(layer.padding, d))
            if average and not layer.count_padding then
                table.insert(arguments, "count_include_pad=False")
            end
        end
        return ("nn.%sPool%dd(%s)"):format(average and "Avg" or "Max", d, table.concat(arguments, ", "))
    end
    for _, kind in ipairs {"maxpool1d", "maxpool2d", "avgpool1d", "avgpool2d"} do
        modules[kind] = pool
    end
    function modules.dense(layer)
        return ("nn.Linear(%d, %d%s)"):format(layer.x.c, layer.filters, layer.bias and "" or ", bias=False")
    end
    function modules.batch_norm(layer)
        local affine = layer.scale or layer.center
        return ("BatchNorm%dd(%d, momentum=%s, eps=%s%s)"):format(math.max(dims(layer), 1), layer.x.c, num(1 - layer.momentum), num(layer.epsilon),
            affine and "" or ", affine=False")
    end
    function modules.layer_norm(layer)
        local affine = layer.scale or layer.center
        return ("nn.LayerNorm(%d, eps=%s%s)"):format(layer.x.c, num(layer.epsilon), not affine and ", elementwise_affine=False" or
            not layer.center and ", bias=False" or "")
    end
    function modules.group_norm(layer)
        return ("nn.GroupNorm(%d, %d, eps=%s%s)"):format(layer.groups, layer.x.c, num(layer.epsilon), (layer.scale or layer.center) and "" or ", affine=False")
    end
    modules.instance_norm = modules.group_norm
    function modules.prelu(layer)
        local alpha = layer.tensors[1]
        return ("nn.PReLU(%d%s)"):format(layer.x.c, alpha.init == "constant" and ", init=" .. num(alpha.scale) or "")
    end
    function modules.dropout(layer)
        return ("nn.Dropout(%s)"):format(num(layer.rate))
    end
    function modules.spatial_dropout2d(layer)
        return ("nn.Dropout2d(%s)"):format(num(layer.rate))
    end
    function modules.spatial_dropout1d(layer)
        return ("nn.Dropout1d(%s)"):format(num(layer.rate))
    end

    -- What a layer does to x ----------------------------------------------------------------------------------------
    local apply = {}
    local function call(i, x)
        return ("self.%s(%s)"):format(names[i], x)
    end
    local function padded(layer, i, x)
        if is_padded(layer.padding) and not is_even(layer.padding) then
            x = ("F.pad(%s, %s)"):format(x, pad(layer.padding, dims(layer)))
        end
        return call(i, x)
    end
    for _, kind in ipairs {"conv%dd", "depthwise_conv%dd"} do
        apply[kind:format(1)], apply[kind:format(2)] = padded, padded
    end
    local function transposed(layer, i, x)
        if is_padded(layer.padding) and not is_even(layer.padding) then
            return ("F.pad(%s, %s)"):format(call(i, x), pad(layer.padding, dims(layer), -1))
        end
        return call(i, x)
    end
    apply.conv1d_transpose, apply.conv2d_transpose = transposed, transposed
    local function pooled(layer, i, x)
        local p, d = layer.padding, dims(layer)
        if not is_padded(p) or fits(layer) then
            return call(i, x)
        elseif layer.kind:find("max", 1, true) then
            return call(i, ("F.pad(%s, %s, value=-torch.inf)"):format(x, pad(p, d)))
        elseif layer.count_padding then
            return call(i, ("F.pad(%s, %s)"):format(x, pad(p, d)))
        end
        return ("average_inside(%s, %s, %s, stride=%s)"):format(x, pad(p, d), size(layer.kernel, d), size(layer.stride, d))
    end
    for _, kind in ipairs {"maxpool1d", "maxpool2d", "avgpool1d", "avgpool2d"} do
        apply[kind] = pooled
    end
    for _, kind in ipairs {"max", "avg"} do
        for d = 1, 2 do
            apply[("global_%spool%dd"):format(kind, d)] = function(layer, _, x)
                return ("F.adaptive_%s_pool%dd(%s, 1)%s"):format(kind, d, x, layer.keepdims and "" or ".flatten(1)")
            end
        end
    end
    function apply.layer_norm(layer, i, x)
        return call(i, x .. last(layer.x)) .. first(layer.x)
    end
    function apply.flatten(layer, i, x)
        return x .. (channels_first(i) and "" or last(layer.x)) .. (layer.x.rank > 1 and ".flatten(1)" or "")
    end
    function apply.reshape(layer, _, x)
        return x .. last(layer.x) .. (".reshape(-1, %s)"):format(table.concat(P.dims(layer.y), ", ")) .. first(layer.y)
    end
    local function zeros(layer, _, x)
        return is_padded(layer.padding) and ("F.pad(%s, %s)"):format(x, pad(layer.padding, dims(layer))) or x
    end
    apply.zero_padding1d, apply.zero_padding2d = zeros, zeros
    for kind, mode in pairs {edge = "replicate", reflect = "reflect"} do
        for d = 1, 2 do
            apply[("%s_padding%dd"):format(kind, d)] = function(layer, _, x)
                return is_padded(layer.padding) and ('F.pad(%s, %s, mode="%s")'):format(x, pad(layer.padding, d), mode) or x
            end
        end
    end
    local function cropped(layer, _, x)
        local p, y = layer.padding, layer.y
        local columns = ("%d:%d"):format(p.left, p.left + y.w)
        return dims(layer) == 1 and ("%s[:, :, %s]"):format(x, columns) or ("%s[:, :, %d:%d, %s]"):format(x, p.top, p.top + y.h, columns)
    end
    apply.cropping1d, apply.cropping2d = cropped, cropped
    local function upsampled(layer, _, x)
        local mode = layer.bilinear and (dims(layer) == 1 and '"linear", align_corners=False' or '"bilinear", align_corners=False') or '"nearest"'
        return ("F.interpolate(%s, scale_factor=%s, mode=%s)"):format(x, size(layer.factor, dims(layer)), mode)
    end
    apply.upsample1d, apply.upsample2d = upsampled, upsampled
    function apply.depth_to_space(layer, _, x)
        return ("depth_to_space(%s, %d)"):format(x, layer.block)
    end
    function apply.space_to_depth(layer, _, x)
        return ("space_to_depth(%s, %d)"):format(x, layer.block)
    end
    local function joined(layer, operator)
        local list = {}
        for k, from in ipairs(layer.inputs) do
            local scale = P.is_factor(P.input_shape(M, layer, k), layer)
            list[k] = variables[from] .. (scale and (layer.y.rank == 3 and "[:, :, None, None]" or "[:, :, None]") or "")
        end
        return table.concat(list, operator)
    end
    function apply.add(layer)
        return joined(layer, " + ")
    end
    apply.residual = apply.add
    function apply.mul(layer)
        return joined(layer, " * ")
    end
    function apply.concat(layer)
        return ("torch.cat([%s], dim=1)"):format(joined(layer, ", "))
    end

    local activations = {relu = "F.relu(%s)", relu6 = "F.relu6(%s)", sigmoid = "torch.sigmoid(%s)", tanh = "torch.tanh(%s)",
        softmax = "F.softmax(%s, dim=1)", softplus = "F.softplus(%s)",
        softsign = "F.softsign(%s)", gelu_tanh = 'F.gelu(%s, approximate="tanh")', gelu = "F.gelu(%s)", silu = "F.silu(%s)",
        hard_sigmoid = "F.hardsigmoid(%s)", hard_swish = "F.hardswish(%s)"}
    local function activated(layer, x)
        local a = layer.activation
        if a == "linear" then
            return x
        elseif a == "leaky_relu" or a == "elu" then
            return ("F.%s(%s, %s)"):format(a, x, num(layer.alpha))
        end
        if a == "thresholded_relu" then
            return ("F.threshold(%s, %s, 0.0)"):format(x, num(layer.alpha))
        end
        return activations[a]:format(x)
    end

    -- The parts of the file --------------------------------------------------------------------------------------------
    function T.modules()
        local lines = {}
        for i, layer in ipairs(M.layers) do
            local module = modules[layer.kind] and modules[layer.kind](layer)
            if module then
                lines[#lines + 1] = ("self.%s = %s"):format(names[i], module)
            end
            if ((layer.kind == "batch_norm" or modules[layer.kind] == modules.group_norm) and layer.scale ~= layer.center) or (layer.kind == "layer_norm" and layer.center and not layer.scale) then
                lines[#lines + 1] = ("self.%s.%s = None"):format(names[i], layer.scale and "bias" or "weight")
            end
        end
        return lines
    end

    -- Initial values: those that a module would start otherwise.
    function T.starts()
        local lines = {}
        local own = {glorot_uniform = "nn.init.xavier_uniform_(%s)", he_normal = "nn.init.kaiming_normal_(%s)", he_uniform = "nn.init.kaiming_uniform_(%s)"}
        for i, layer in ipairs(M.layers) do
            for _, t in ipairs(layer.tensors) do
                local here = ("self.%s.%s"):format(names[i], T.here(t.name))
                local plain = t.name == "kernel" and not layer.kind:find("depthwise", 1, true)
                local line
                if t.init == "fixed" then
                    line = ('set_tensor(self, "%s.%s", np.array([\n            %s,\n        ]))'):format(layer.name, t.name, P.values(t.values))
                elseif t.init == "constant" then
                    local is_default = layer.kind:find("_norm", 1, true) or layer.kind == "prelu"
                    line = not is_default and (t.scale == 0 and ("nn.init.zeros_(%s)"):format(here) or ("nn.init.constant_(%s, %s)"):format(here, num(t.scale))) or nil
                elseif plain then
                    line = own[t.init]:format(here)
                elseif t.init == "he_normal" then
                    line = ("nn.init.normal_(%s, std=%s)"):format(here, num(t.scale))
                else
                    line = ("nn.init.uniform_(%s, -%s, %s)"):format(here, num(t.scale), num(t.scale))
                end
                lines[#lines + 1] = line
            end
        end
        return lines
    end

    function T.frozen()
        local lines, norms = {}, {}
        for i, layer in ipairs(M.layers) do
            if not layer.trainable and #layer.tensors > 0 and (layer.kind ~= "batch_norm" or layer.scale or layer.center) then
                lines[#lines + 1] = ("self.%s.requires_grad_(False)"):format(names[i])
            end
            if not layer.trainable and layer.kind == "batch_norm" then
                norms[#norms + 1] = ("self.%s.eval()"):format(names[i])
            end
        end
        return lines, norms
    end

    function T.forward()
        local lines, shape = {}, M.input
        local turn = M.planar and "" or first(shape)
        lines[1] = {("%s = inputs%s"):format(variables[0], turn), turn ~= "" and shape.text .. ", channels to the front" or shape.text}
        for i, layer in ipairs(M.layers) do
            local x = variables[layer.inputs[1]]
            P.check(layer, apply[layer.kind] or modules[layer.kind])
            local value = apply[layer.kind] and apply[layer.kind](layer, i, x) or (modules[layer.kind] and call(i, x)) or x
            value = activated(layer, value)
            if value ~= variables[i] then
                lines[#lines + 1] = {("%s = %s"):format(variables[i], value), layer.name .. ": " .. layer.y.text}
            end
        end
        return lines, variables[#M.layers] .. last(M.output)
    end

    function T.here(name)
        return ({kernel = "weight", gamma = "weight", alpha = "weight", beta = "bias", moving_mean = "running_mean", moving_variance = "running_var"})[name] or name
    end

    -- A row for each tensor: its name and shape in the file, its name here, and how its axes change.
    function T.tensors()
        local rows = {}
        for i, layer in ipairs(M.layers) do
            local flat = flattened(layer)
            for _, t in ipairs(layer.tensors) do
                local axes, view = nil, nil
                local image = flat and (flat.rank == 3 and {flat.h, flat.w, flat.c} or {flat.w, flat.c})
                if t.name == "kernel" and layer.kind == "dense" then
                    axes = "(1, 0)"
                    if flat then
                        view, axes = image, flat.rank == 3 and "(3, 2, 0, 1)" or "(2, 1, 0)"
                        view[#view + 1] = layer.filters
                    end
                elseif t.name == "kernel" then
                    local depthwise = layer.kind:find("depthwise", 1, true)
                    axes = dims(layer) == 2 and (depthwise and "(2, 3, 0, 1)" or "(3, 2, 0, 1)") or depthwise and "(1, 2, 0)" or "(2, 1, 0)"
                elseif flat and layer.kind ~= "dense" then
                    view, axes = image, flat.rank == 3 and "(2, 0, 1)" or "(1, 0)"
                end
                rows[#rows + 1] = ('"%s.%s": Tensor("%s.%s", %s%s%s),'):format(layer.name, t.name, names[i], T.here(t.name), P.tuple(t.dims),
                    axes and ", " .. axes or "", view and ", view=" .. P.tuple(view) or "")
            end
        end
        return rows
    end

    function T.uses(kind, test)
        for _, layer in ipairs(M.layers) do
            if layer.kind:find(kind) and (not test or test(layer)) then
                return true
            end
        end
        return false
    end
    -- Whether a pool leaves out padding that a module cannot have.
    T.uses_average_inside = T.uses("^avgpool", function(layer)
        return is_padded(layer.padding) and not fits(layer) and not layer.count_padding
    end)
    -- The batch norms that are there, by axes: "1d", "2d".
    function T.norms()
        local list = {}
        for d = 1, 2 do
            if T.uses("^batch_norm$", function(layer) return math.max(dims(layer), 1) == d end) then
                list[#list + 1] = d .. "d"
            end
        end
        return list
    end

    function T.optimizer() -- clipping is a statement of its own there
        return P.optimizer(M.optimizer, "torch.optim", {"trained"},
            {lr = "lr=", rho = "alpha=", betas = "betas=(%s, %s)", epsilon = "eps="})
    end
    return T
end
