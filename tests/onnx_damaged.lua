-- onnx_damaged.lua - files that are cut off or have wrong bytes: a message, never a crash or a hang.
local COUNT = 400
local files = {"mnist_8", "c1_", "Conv2d_groups", "gemm_all", "reshape_neg", "clip_default", "PReLU_2d", "BatchNorm2d_eval", "depthtospace_crd", "reduce_sum_square"}

return function(tap, cnngen, build, data)
    local models = {tap.read(data .. "/models/mnist-8/model.onnx"), tap.read(data .. "/models/emx-micro_kws_m_static_fp32.onnx"):sub(1, 4000)}
    for _, part in ipairs(files) do
        local path = tap.run(("ls %s/*%s*.onnx 2>/dev/null | head -1"):format(build, part:lower())):match("%S+")
        models[#models + 1] = path and tap.read(path)
    end
    local seed = 12345
    local function random(n) -- the same in every version of Lua
        seed = (seed * 1103515245 + 12345) % 2147483648
        return (seed >> 8) % n
    end
    local bad, silent, read, path = {}, 0, 0, build .. "/damaged"
    for i = 1, COUNT do
        local text = models[i % #models + 1]
        local changes = {}
        if random(4) == 0 then
            text = text:sub(1, random(#text))
        end
        for _ = 1, 1 + random(6) do
            local at, span = random(math.min(#text, 2000) + 1), random(3) == 0 and random(20) or 1
            local bytes = random(3) == 0 and ("\xff"):rep(random(10)) or string.char(random(256))
            text = text:sub(1, at) .. bytes .. text:sub(at + 1 + span)
            changes[#changes + 1] = at
        end
        tap.write(path .. ".onnx", text)
        local _, err, status = tap.run(("timeout 20 %s import %s.onnx -o %s.lua"):format(cnngen, path, path))
        read = read + (status == 0 and 1 or 0)
        silent = silent + (status ~= 0 and not err:find("error: ", 1, true) and 1 or 0)
        if (status ~= 0 and status ~= 1) or err:find("Sanitizer", 1, true) or err:find("runtime error", 1, true) then
            bad[#bad + 1] = ("file %d: status %d: %s"):format(i, status, err:sub(1, 600))
            tap.write(("%s_%d.onnx"):format(path, i), text)
        end
    end
    tap.report(#bad == 0, ("%d damaged files: no crash, no hang"):format(COUNT), table.concat(bad, "\n"))
    tap.report(silent == 0, "a message for each that cannot be read", silent)
    print(("# %d damaged files: %d messages, %d still mean something; checks of status and message"):format(COUNT, COUNT - read, read))
end
