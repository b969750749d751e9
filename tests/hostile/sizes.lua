-- Every number of every layer, optimizer and model at the edges of what a number can be: refused with a place, or right; never a crash, and
-- no product that wraps.
return function(hostile)
    local tap = hostile.tap
    local values = {"2147483647", "2147483648", "4294967295", "4294967296", "65536", "46341", "3037000500", "9007199254740993", "4611686018427387904", "9223372036854775807", "math.mininteger", "-1", "0",
                    "0.5", "1e300", "math.huge", "-math.huge", "0/0", "true", "{}", "{ {} }", "{ 1, 2, 3, 4, 5, 6, 7, 8, 9 }", "'4294967297x4294967297'", "'0x0'", "''", "'\\0'", "relu {}", "error",
                    "{ 2147483647, 2147483647 }", "{ 4611686018427387904, 4611686018427387904, 4611686018427387904, 4611686018427387904 }", "'same'", "{ h = 3 }"}
    -- What stands in front, and the layer with a hole for the value.
    local image, row, flat = "input = '9x9x4', ", "input = '9x4', ", "input = '9', "
    local holes = {}
    for _, kind in ipairs {"conv2d", "conv2d_transpose"} do
        for _, o in ipairs {"%s, kernel = 3", "2, kernel = %s", "2, kernel = 3, stride = %s", "2, kernel = 3, padding = %s", "2, kernel = 3, dilation = %s", "4, kernel = 3, init = %s", "4, kernel = 3, bias = %s"} do
            holes[#holes + 1] = image .. kind .. " { " .. o .. " }"
        end
    end
    for _, text in ipairs {"conv2d { 4, kernel = 3, groups = %s }", "conv2d_transpose { 2, kernel = 3, stride = 2, output_padding = %s }", "depthwise_conv2d { %s }", "depthwise_conv2d { 3, multiplier = %s }",
                           "depthwise_conv2d { 3, stride = %s }", "depthwise_conv2d { 3, padding = %s }", "maxpool2d { %s }", "maxpool2d { 2, stride = %s }", "avgpool2d { 3, padding = %s }", "avgpool2d { 3, count_padding = %s }",
                           "zero_padding2d { %s }", "cropping2d { %s }", "upsample2d { %s }", "depth_to_space { %s }", "space_to_depth { %s }", "reshape { %s }", "dropout { %s }", "spatial_dropout2d { %s }",
                           "batch_norm { epsilon = %s }", "batch_norm { momentum = %s }", "layer_norm { epsilon = %s }", "leaky_relu { %s }", "elu { alpha = %s }", "prelu { init = %s }", "global_avgpool2d { keepdims = %s }",
                           "conv_bn { %s, kernel = 3 }", "bottleneck { 1, stride = %s }", "bottleneck { 1, expansion = %s }", "inverted_residual { 4, channels = %s }", "squeeze_excite { 4, ratio = %s }", "fire { %s, expand = 3 }",
                           "residual { relu {}, shortcut = %s }", "concat { {}, %s }", "add { {}, {}, activation = %s }", "relu { name = %s }", "relu { from = %s }", "relu { trainable = %s }"} do
        holes[#holes + 1] = image .. text
    end
    for _, text in ipairs {"conv1d { %s, kernel = 3 }", "conv1d { 2, kernel = %s }", "conv1d { 2, kernel = 3, padding = %s }", "conv1d_transpose { 2, kernel = %s, stride = %s }", "maxpool1d { %s }", "upsample1d { %s }", "zero_padding1d { %s }"} do
        holes[#holes + 1] = row .. text
    end
    for _, text in ipairs {"dense { %s }", "dense { 3 }, optimizer = adam { lr = %s }", "dense { 3 }, optimizer = adam { beta1 = %s }", "dense { 3 }, optimizer = sgd { weight_decay = %s }", "dense { 3 }, optimizer = sgd { clip_norm = %s }",
                           "dense { 3 }, optimizer = momentum { momentum = %s }", "dense { 3 }, batch = %s", "dense { 3 }, loss = %s", "dense { 3 }, loss = 'huber', huber_delta = %s", "dense { 3 }, budget = { ram = %s }",
                           "dense { 3 }, budget = %s", "dense { 3 }, freeze_until = %s", "dense { 3 }, name = %s", "dense { 3 }, optimizer = %s"} do
        holes[#holes + 1] = flat .. text
    end
    holes[#holes + 1] = "input = %s, relu {}"
    holes[#holes + 1] = "input = %s, conv2d { 3, kernel = 3 }, maxpool2d { 2 }, flatten {}, dense { 3 }"

    -- One process checks the values of a hole; every spec must be accepted or have a message with its place.
    local checked = 0
    for number, hole in ipairs(holes) do
        local folder = ("%s/hole%d"):format(hostile.build, number)
        os.execute("mkdir -p " .. folder)
        for k, value in ipairs(values) do
            tap.write(("%s/v%02d.lua"):format(folder, k), "return model { " .. hole:gsub("%%s", (value:gsub("%%", "%%%%"))) .. " }\n")
        end
        local out, err, status = hostile.run(("@ check %s/v*.lua"):format(folder))
        local wrong
        for k, value in ipairs(values) do
            local path = ("%s/v%02d.lua"):format(folder, k)
            local accepted = out:match(path:gsub("%p", "%%%0") .. ": ok: ([^\n]*)")
            local refused = err:find(path .. ":1:", 1, true) and err:match(path:gsub("%p", "%%%0") .. ":[%d:]+ error: [^\n]+")
            if accepted and accepted:find("-%d") then
                wrong = value .. ": a negative number: " .. accepted
            elseif not accepted and not refused then
                wrong = value .. ": neither accepted nor refused with a place\n" .. err:sub(1, 600)
            elseif accepted and refused then
                wrong = value .. ": accepted with an error"
            end
            checked = checked + 1
        end
        tap.report(not wrong and (status == 0 or status == 1) and #err < 60000, "sizes: " .. hole, tostring(wrong) .. " (status " .. tostring(status) .. ", " .. #err .. " bytes of messages)")
        os.execute("rm -rf " .. folder)
    end
    print(("# %d specs with a number at an edge, cases"):format(checked))

    -- Products of several sizes, each of them allowed.
    for name, text in pairs {
        ["parameters"] = "input = '1x1x46341', conv2d { 46341, kernel = 1 }", ["parameters of two layers"] = "input = '40000', dense { 40000 }, dense { 40000 }",
        ["values of an image"] = "input = '46341x46341x1', relu {}", ["values behind an upsampling"] = "input = '30000x30000x1', upsample2d { 2 }",
        ["values with a border"] = "input = '30000x30000x1', conv2d { 1, kernel = 30001, padding = 15000 }", ["channels of a concat"] = "input = '1x1x2000000000', concat { {}, {} }",
        ["channels of a depthwise convolution"] = "input = '1x1x2000000000', depthwise_conv2d { 1, multiplier = 2 }", ["values of a batch"] = "input = '2000000000', batch = 2000000000, relu {}",
        ["a block of depths"] = "input = '60000x30000x1', depth_to_space { 1 }, upsample2d { '1x2' }",
    } do
        hostile.expect("products: " .. name, "@ check " .. hostile.spec("return model { " .. text .. " }"), 1)
    end
    for name, text in pairs {
        ["multiply-adds beyond 2^31"] = "input = '20000x20000x1', conv2d { 4, kernel = 9, stride = 1 }, global_avgpool2d {}, dense { 2 }",
        ["a large batch"] = "input = '1000', batch = 1000000, dense { 10 }",
    } do
        local out, err, status = hostile.run("@ check --batch 3 " .. hostile.spec("return model { " .. text .. " }"))
        tap.report(status == 0 and not out:find("-%d"), "products: " .. name, out .. err)
    end
end
