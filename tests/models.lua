-- models.lua - trained networks of others: their recorded outputs, and how many answers are right.
-- usage: lua5.4 tests/models.lua CNNGEN BUILD_DIR
local tap = dofile("tests/tap.lua")
local cnngen, build = arg[1], arg[2]
local data = os.getenv("CNNGEN_DATA") or "../shared/data"
os.execute("rm -rf " .. build .. " && mkdir -p " .. build)

-- The arrays of a safetensors file, by name, as lists of numbers.
local formats = {F32 = "<f", F64 = "<d", U8 = "B", I8 = "b"}
local function tensors(path)
    local text = tap.read(data .. "/" .. path)
    if not text then
        return nil
    end
    local size = string.unpack("<I8", text)
    local header = text:sub(9, 8 + size)
    return function(name)
        local dtype, shape, first, last = header:match('"' .. name .. '"%s*:%s*{"dtype"%s*:%s*"(%w+)"%s*,%s*"shape"%s*:%s*%[([%d, ]*)%]%s*,%s*"data_offsets"%s*:%s*%[(%d+)%s*,%s*(%d+)%]')
        local format, list = assert(formats[dtype], path .. ": " .. name), {}
        for at = 9 + size + first, 8 + size + last, string.packsize(format) do
            list[#list + 1] = string.unpack(format, text, at)
        end
        local dims = {}
        for n in shape:gmatch("%d+") do
            dims[#dims + 1] = tonumber(n)
        end
        return list, dims
    end
end

local function skip(name)
    print(("ok - %s # SKIP no data in %s"):format(name, data))
end

local function largest(list, first, count)
    local best = first
    for i = first + 1, first + count - 1 do
        best = list[i] > list[best] and i or best
    end
    return best - first
end

-- What a network makes of `inputs` against `expected`: the largest difference, relative to the largest output of the sample; and the answers.
local function compare(spec, weights, inputs, shape, expected, labels, right)
    tap.write_npy(build .. "/x.npy", shape, inputs)
    local _, err, status = tap.run(("%s run specs/%s.lua --weights %s/%s.safetensors --input %s/x.npy -o %s/y.npy --quiet"):format(cnngen, spec, data, weights, build, build))
    if not tap.report(status == 0, spec .. ": run", err) then
        return
    end
    local got = tap.read_npy(build .. "/y.npy")
    local samples, worst, hits = shape[1], 0, 0
    local outputs = #got // samples
    for n = 0, #expected // outputs - 1 do
        local scale = 0
        for i = n * outputs + 1, (n + 1) * outputs do
            scale = math.max(scale, math.abs(expected[i]))
        end
        for i = n * outputs + 1, (n + 1) * outputs do
            local difference = math.abs(got[i] - expected[i]) / scale
            worst = difference <= worst and worst or difference
        end
    end
    tap.report(worst < 1e-4, spec .. ": the recorded outputs", "relative difference " .. worst)
    print(("# %s: %d samples, largest relative difference %.2g"):format(spec, #expected // outputs, worst))
    for n = 0, labels and samples - 1 or -1 do
        hits = hits + (largest(got, n * outputs + 1, outputs) == labels[n + 1] and 1 or 0)
    end
    if labels then
        tap.report(hits == right, ("%s: %d of %d right"):format(spec, right, samples), hits .. " right")
    end
end

local function scaled(list, count, factor, offset)
    local out = {}
    for i = 1, count or #list do
        out[i] = (list[i] - (offset or 0)) * factor
    end
    return out
end

-- CIFAR-10's own format: a label, then a plane of each colour.
local function write_batch(path, images, labels)
    local parts = {}
    for n = 0, #labels - 1 do
        parts[#parts + 1] = string.char(labels[n + 1])
        for c = 1, 3 do
            for i = 0, 1023 do
                parts[#parts + 1] = string.char(images[(n * 1024 + i) * 3 + c])
            end
        end
    end
    tap.write(path, table.concat(parts))
end

-- ResNet-8 from the start: the loss falls, and it knows by heart what it has seen (with moving statistics, which follow slowly).
local function learn(images, labels)
    os.execute("mkdir -p " .. build .. "/cifar")
    write_batch(build .. "/cifar/data_batch_1.bin", images, labels)
    local out, err = tap.run(("%s train specs/resnet8.lua --data %s/cifar --epochs 40 -o %s/resnet8.safetensors"):format(cnngen, build, build))
    local losses = {}
    for loss in err:gmatch("loss (%S+)  train") do
        losses[#losses + 1] = tonumber(loss)
    end
    local right = tonumber(out:match("%((%d+) of 500%)")) or 0
    tap.report(#losses == 40 and losses[40] < losses[20] and losses[20] < losses[1] and right > 450, "resnet8 learns 500 images", out .. err)
    print(("# resnet8, trained for 40 epochs on 500 images: %d right; largest loss %g, last %g"):format(right, losses[1] or 0, losses[40] or 0))
end

local cifar = tensors("cifar10/cifar10-train-first500.safetensors")
if cifar then
    learn((cifar("image")), (cifar("label")))
else
    skip("resnet8 learns")
end
if cifar and tensors("mlperf-tiny/ic_resnet8.safetensors") then
    local image, shape = cifar("image")
    compare("resnet8", "mlperf-tiny/ic_resnet8", image, shape, cifar("ic_resnet8_output"), cifar("label"), 465)
    local golden = tensors("mlperf-tiny/vww-golden.safetensors")
    local large = {}
    for n = 0, 7 do
        for i = 0, 95 do
            for j = 0, 95 do
                for c = 1, 3 do
                    large[#large + 1] = image[((n * 32 + i // 3) * 32 + j // 3) * 3 + c] / 255
                end
            end
        end
    end
    compare("mobilenet_v1_025_vww", "mlperf-tiny/vww_mobilenetv1_025_96", large, {8, 96, 96, 3}, (golden("output")))
    compare("tinymaix_cifar10", "tinymaix/cifar10", scaled(image, 100 * 3072, 1 / 255), {100, 32, 32, 3}, (tensors("tinymaix/golden-cifar10.safetensors")("output")))
else
    for _, name in ipairs {"resnet8", "mobilenet_v1_025_vww", "tinymaix_cifar10"} do skip(name) end
end

local words = tensors("mlperf-tiny/kws01-inputs-golden.safetensors")
if words then
    compare("dscnn_kws", "mlperf-tiny/kws_dscnn", scaled(words("input_q"), nil, 0.5847029089927673, 83), {1000, 49, 10, 1}, words("output"), words("label"), 913)
else
    skip("dscnn_kws")
end
local sounds = tensors("mlperf-tiny/ad-inputs-golden.safetensors")
if sounds then
    local input, shape = sounds("input")
    compare("autoencoder_ad", "mlperf-tiny/ad_autoencoder", input, shape, (sounds("output")))
else
    skip("autoencoder_ad")
end
local wake = tensors("mlperf-tiny/sww-inputs-golden.safetensors")
if wake then
    local input, shape = wake("input")
    compare("sww_conv1d", "mlperf-tiny/sww_conv1d", input, shape, wake("output"), wake("label"), 41)
else
    skip("sww_conv1d")
end

-- TinyMaix's digits: 100 recorded outputs, then all 10,000 images.
local right = {valid = 9654, same = 9528, dw = 9322, fc = 9270, rect = 9604, arduino = 8693}
local unzipped = tap.read(data .. "/mnist/t10k-images-idx3-ubyte.gz") and tap.run(("gzip -dc %s/mnist/t10k-images-idx3-ubyte.gz | head -c %d"):format(data, 16 + 100 * 784))
for _, name in ipairs {"valid", "same", "dw", "fc", "rect", "arduino"} do
    local golden = tensors("tinymaix/golden-mnist_" .. name .. ".safetensors")
    local spec, weights = "tinymaix_mnist_" .. name, "tinymaix/mnist_" .. name
    if golden and unzipped then
        local images = {}
        for i = 17, 16 + 100 * 784 do
            images[#images + 1] = unzipped:byte(i) / 255
        end
        compare(spec, weights, images, {100, 28, 28, 1}, (golden("output")))
        local out, err = tap.run(("%s eval specs/%s.lua --weights %s/%s.safetensors --data %s/mnist --quiet"):format(cnngen, spec, data, weights, data))
        tap.report(out:find(("(%d of 10000)"):format(right[name]), 1, true), ("%s: %d of 10000 right"):format(spec, right[name]), out .. err)
    else
        skip(spec)
    end
end
tap.finish()
