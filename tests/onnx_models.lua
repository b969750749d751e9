-- onnx_models.lua - six real models: their recorded outputs, and how many of MNIST's 10,000 test images are right.
local models = {
    {file = "mnist-8/model", name = "mnist_8", pixel = function(p) return p end, right = 9891},
    {file = "onnx-mlir-mnist", name = "onnx_mlir_mnist", pixel = function(p) return (p / 255 - 0.1307) / 0.3081 end, right = 9254},
    {file = "deepc-mnist", name = "deepc_mnist", pixel = function(p) return p / 255 end, right = 9729},
    {file = "onnx2c-mnist-pytorch", name = "onnx2c_mnist_pytorch", pixel = function(p) return p / 255 end, right = 9189},
    {file = "onnx2c-atmega-mnist", name = "onnx2c_atmega_mnist", size = 14 * 14},
    {file = "emx-micro_kws_m_static_fp32", name = "emx_micro_kws", size = 1960, softmax = true},
}

local function npy(path, count, size, text)
    local header = ("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }"):format(count, size)
    header = header .. (" "):rep(-(10 + #header + 1) % 64) .. "\n"
    local file = assert(io.open(path, "wb"))
    file:write("\x93NUMPY\x01\x00", string.pack("<I2", #header), header, text)
    file:close()
end

return function(tap, wire, cnngen, build, data)
    local images = tap.run(("gzip -dc %s/../mnist/t10k-images-idx3-ubyte.gz"):format(data)):sub(17)
    local labels = tap.run(("gzip -dc %s/../mnist/t10k-labels-idx1-ubyte.gz"):format(data)):sub(9)
    local function run(model)
        local path = ("%s/%s"):format(build, model.name)
        local _, err, status = tap.run(("%s run %s.lua --weights %s.safetensors --input %s.npy -o %s_y.npy --quiet"):format(cnngen, path, path, path, path))
        return tap.report(status == 0, model.name .. ": run", err) and tap.read_npy(path .. "_y.npy")
    end
    local function recorded(model)
        local worst = 0
        for set = 0, 2 do
            local folder = ("%s/models/mnist-8/test_data_set_%d/"):format(data, set)
            local x, wanted = wire.tensor(tap.read(folder .. "input_0.pb")), wire.tensor(tap.read(folder .. "output_0.pb"))
            tap.write_npy(("%s/%s.npy"):format(build, model.name), {1, 784}, x)
            local y = run(model) or {}
            local scale = math.max(table.unpack(wanted))
            for i = 1, #wanted do
                local difference = math.abs((y[i] or math.huge) - wanted[i]) / scale
                worst = difference <= worst and worst or difference
            end
        end
        tap.report(worst < 1e-5, model.name .. ": three recorded outputs", worst)
        print(("# %s: largest relative difference to its recorded outputs %.2g"):format(model.name, worst))
    end
    for _, model in ipairs(models) do
        local path = ("%s/%s"):format(build, model.name)
        local _, err, status = tap.run(("%s import %s/models/%s.onnx -o %s.lua"):format(cnngen, data, model.file, path))
        if not tap.report(status == 0, model.name .. ": imported", err) then
            goto continue
        end
        if model.name == "mnist_8" then
            recorded(model)
        end
        if model.size then -- nothing is recorded: it runs, and probabilities are some
            npy(path .. ".npy", 1, model.size, string.pack("<f", 0.5):rep(model.size))
            local y, sum = run(model) or {}, 0
            for _, value in ipairs(y) do
                sum = sum + value
            end
            tap.report(#y == 10 and (not model.softmax or math.abs(sum - 1) < 1e-5), model.name .. ": ten outputs", sum)
        elseif #images == 7840000 and #labels == 10000 then
            local bytes, right = {}, 0
            for p = 0, 255 do
                bytes[string.char(p)] = string.pack("<f", model.pixel(p))
            end
            npy(path .. ".npy", 10000, 784, (images:gsub(".", bytes)))
            local y = run(model) or {}
            for n = 0, #y // 10 - 1 do
                local best = 1
                for k = 2, 10 do
                    best = y[10 * n + k] > y[10 * n + best] and k or best
                end
                right = right + (best - 1 == labels:byte(n + 1) and 1 or 0)
            end
            tap.report(right == model.right, ("%s: %d of 10000 right"):format(model.name, model.right), right)
            print(("# %s: %d of 10000 cases of MNIST right"):format(model.name, right))
        else
            print(("ok - %s: MNIST # SKIP no data in %s"):format(model.name, data))
        end
        ::continue::
    end
end
