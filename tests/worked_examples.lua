-- worked_examples.lua - the examples of the textbooks, with the numbers worked out by hand.
-- usage: lua5.4 tests/worked_examples.lua CNNGEN BUILD_DIR
local tap = dofile("tests/tap.lua")
local cnngen, build = arg[1], arg[2]
os.execute("mkdir -p " .. build)

-- Runs a spec without weights on one input; returns the outputs and their shape.
local function apply(name, spec, shape, values)
    local path = tap.write(("%s/%s.lua"):format(build, name), spec)
    local input, output = build .. "/" .. name .. ".x.npy", build .. "/" .. name .. ".y.npy"
    tap.write_npy(input, shape, values)
    local _, err, status = tap.run(("%s run %s --input %s -o %s --quiet"):format(cnngen, path, input, output))
    if status ~= 0 then
        return {}, err
    end
    return tap.read_npy(output)
end

local function example(name, spec, shape, values, expected)
    local got, message = apply(name, spec, shape, values)
    local ok, reason = tap.same(got, expected, 1e-4)
    tap.report(ok, name:gsub("_", " "), (reason or "") .. " " .. (ok and "" or message or ""))
end

local function fixed(input, kernel, values)
    return ("return model { input = '%s', conv2d { 1, kernel = %s, bias = false, trainable = false, init = %s } }"):format(
        input, kernel, values)
end

-- A 5x5 image under a cross of ones: each output is the sum of five cells.
local image = {
    1, 1, 1, 0, 0,
    0, 1, 1, 1, 0,
    0, 0, 1, 1, 1,
    0, 0, 1, 1, 0,
    0, 1, 1, 0, 0,
}
example("5x5_image_3x3_kernel", fixed("5x5x1", 3, "{ 1, 0, 1, 0, 1, 0, 1, 0, 1 }"), {5, 5, 1}, image,
    {4, 3, 4, 2, 4, 3, 2, 3, 4})
local pooled = {1, 3, 2, 4, 5, 6, 7, 8, 3, 2, 1, 0, 1, 2, 3, 4}
example("4x4_max_pooling", "return model { input = '4x4x1', maxpool2d { 2 } }", {4, 4, 1}, pooled, {6, 8, 3, 4})
example("4x4_average_pooling", "return model { input = '4x4x1', avgpool2d { 2 } }", {4, 4, 1}, pooled,
    {3.75, 5.25, 2, 2})
-- The vertical edge kernel on a patch that grows by one to the right... and then falls: (0+0+0) - (1+1+1).
example("edge_kernel_minus_three", fixed("3x3x1", 3, "{ 1, 0, -1, 1, 0, -1, 1, 0, -1 }"), {3, 3, 1},
    {0, 1, 1, 0, 1, 1, 0, 1, 1}, {-3})
-- From black to white: the response of the edge is 3 * 255 = 765; blurred by a mean of 3x3, one column of three is white: 255 / 3 = 85.
local edge, response, blurred = {}, {}, {}
for _ = 1, 4 do
    for _, v in ipairs {0, 0, 0, 255, 255, 255} do
        edge[#edge + 1] = v
    end
end
for _ = 1, 2 do
    table.move({0, 765, 765, 0}, 1, 4, #response + 1, response)
    table.move({0, 85, 170, 255}, 1, 4, #blurred + 1, blurred)
end
example("edge_response_765", fixed("4x6x1", 3, "{ -1, 0, 1, -1, 0, 1, -1, 0, 1 }"), {4, 6, 1}, edge, response)
example("blurred_edge_85", fixed("4x6x1", 3, "{ 1/9, 1/9, 1/9, 1/9, 1/9, 1/9, 1/9, 1/9, 1/9 }"), {4, 6, 1}, edge, blurred)

-- The size table: input, layer, output.
for _, row in ipairs {{28, "conv2d { 1, kernel = 3 }", 26}, {28, "conv2d { 1, kernel = 5 }", 24}, {26, "conv2d { 1, kernel = 3 }", 24},
                      {13, "conv2d { 1, kernel = 3 }", 11}, {26, "maxpool2d { 2 }", 13}, {11, "maxpool2d { 2 }", 5},
                      {24, "maxpool2d { 2 }", 12}} do
    local path = tap.write(build .. "/size.lua", ("return model { input = '%dx%dx1', %s }"):format(row[1], row[1], row[2]))
    local out = tap.run(cnngen .. " summary --json " .. path)
    local h, w = out:match('"output": %[%s*(%d+),%s*(%d+)')
    tap.report(tonumber(h) == row[3] and tonumber(w) == row[3], ("%d -> %d by %s"):format(row[1], row[3], row[2]), out)
end

-- Parameter counts. The comparison of 26x26 filters with a dense layer of 676 outputs is often printed as 530,260; it is 784*676 + 676 = 530,660.
for _, row in ipairs {{"'28x28x1', conv2d { 32, kernel = 3 }", 320}, {"'13x13x32', conv2d { 64, kernel = 3 }", 18496},
                      {"'784', dense { 128 }", 100480}, {"'784', dense { 676 }", 530660}} do
    local path = tap.write(build .. "/params.lua", ("return model { input = %s }"):format(row[1]))
    local out = tap.run(cnngen .. " summary --json " .. path)
    tap.report(tonumber(out:match('"params": (%d+)')) == row[2], row[1] .. " has " .. row[2] .. " parameters", out)
end
local function total(spec, count, formulas)
    local out = tap.run(cnngen .. " summary specs/" .. spec .. ".lua")
    local ok = out:find("total%s+" .. count:gsub(",", "%%,")) ~= nil
    for _, formula in ipairs(formulas) do
        ok = ok and out:find(formula, 1, true) ~= nil
    end
    tap.report(ok, spec .. " has " .. count .. " parameters, each layer with its formula", out)
end
total("shapes", "413", {"3*3*1*2 + 2", "392*1 + 1"})
total("mnist", "225,034", {"3*3*1*32 + 32", "3*3*32*64 + 64", "1600*128 + 128", "128*10 + 10"})
total("mnist_dense", "101,770", {"784*128 + 128"})
total("vgg_small", "467,818", {"3136*128 + 128"})
total("keras_guide", "19,392", {"3*3*3*32 + 32"})

-- Transposed convolution: every input adds its multiple of the kernel, here {0, 1; 2, 3} for {0, 1; 2, 3}, side by side at stride 2.
local function spread(options)
    return ("return model { input = '2x2x1', conv2d_transpose { 1, kernel = 2, bias = false, trainable = false, init = { 0, 1, 2, 3 }, %s } }"):format(options)
end
example("transposed_2x2_kernel", spread("stride = 1"), {2, 2, 1}, {0, 1, 2, 3}, {0, 0, 1, 0, 4, 6, 4, 12, 9})
example("transposed_2x2_kernel_stride_2", spread("stride = 2"), {2, 2, 1}, {0, 1, 2, 3}, {0, 0, 0, 1, 0, 0, 2, 3, 0, 2, 0, 3, 4, 6, 6, 9})
example("transposed_2x2_kernel_padding_1", spread("padding = 1"), {2, 2, 1}, {0, 1, 2, 3}, {4})
example("pixel_shuffle", "return model { input = '1x2x4', depth_to_space { 2 } }", {1, 2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 5, 6, 3, 4, 7, 8})
example("halfway_between_pixels", "return model { input = '1x2x1', upsample2d { '1x2', interpolation = 'bilinear' } }", {1, 2, 1}, {0, 4}, {0, 1, 3, 4})

-- A U-Net learns where the brighter rectangle lies in the noise.
local pictures, masks, number = {}, {}, 5
local function random(n)
    number = (number * 1103515245 + 12345) % 2147483648
    return number // 65536 % n
end
for _ = 1, 40 do
    local top, left, h, w = random(40), random(40), 8 + random(16), 8 + random(16)
    for i = 0, 63 do
        for j = 0, 63 do
            local inside = i >= top and i < top + h and j >= left and j < left + w
            pictures[#pictures + 1] = (inside and 0.3 or 0) + random(700) / 1000
            masks[#masks + 1] = inside and 1 or 0
        end
    end
end
tap.write_npy(build .. "/pictures.npy", {40, 64, 64, 1}, pictures)
tap.write_npy(build .. "/masks.npy", {40, 64, 64, 1}, masks)
local out, said = tap.run(("%s train specs/unet_small.lua --data %s/pictures.npy,%s/masks.npy --epochs 4 --seed 1 -o %s/unet.safetensors"):format(cnngen, build, build, build))
local losses = {}
for loss in said:gmatch("epoch %d/4%s+loss ([%d.]+)") do
    losses[#losses + 1] = tonumber(loss)
end
local falls = #losses == 4
for k = 2, #losses do
    falls = falls and losses[k] < losses[k - 1]
end
tap.report(falls and losses[4] < losses[1] / 2, "unet_small learns rectangles: the loss falls to less than half in 20 steps", said .. out)

-- A patch pasted into noise is found where it was pasted.
local noise, state = {}, 7
for i = 1, 28 * 28 do
    state = (state * 1103515245 + 12345) % 2147483648
    noise[i] = state / 2147483648 * 0.6
end
local patch = {0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0}
for i = 0, 4 do
    for j = 0, 4 do
        noise[(i + 16) * 28 + j + 5 + 1] = patch[i * 5 + j + 1]
    end
end
local map = apply("pattern", tap.read("specs/pattern.lua"), {28, 28, 1}, noise)
local best = 1
for i = 1, #map do
    best = map[i] > map[best] and i or best
end
tap.report(best == 18 * 28 + 7 + 1, "pattern.lua finds the patch in the noise", "the largest response is at " .. best)

-- The classical filters against plain loops, and as pictures.
local kernels = {{1 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9, 1 / 9}, {0, -1, 0, -1, 5, -1, 0, -1, 0},
                 {-1, -1, -1, 0, 0, 0, 1, 1, 1}, {-1, 0, 1, -1, 0, 1, -1, 0, 1}, {0, 1, 0, 1, -4, 1, 0, 1, 0}}
local expected = {}
for i = 0, 27 do
    for j = 0, 27 do
        for _, kernel in ipairs(kernels) do
            local sum = 0
            for a = -1, 1 do
                for b = -1, 1 do
                    local inside = i + a >= 0 and i + a < 28 and j + b >= 0 and j + b < 28
                    sum = sum + (inside and noise[(i + a) * 28 + j + b + 1] or 0) * kernel[(a + 1) * 3 + b + 2]
                end
            end
            expected[#expected + 1] = sum
        end
    end
end
example("the_five_filters", tap.read("specs/filters.lua"), {28, 28, 1}, noise, expected)
tap.write_npy(build .. "/picture.npy", {28, 28, 1}, noise)
local _, err = tap.run(("%s run specs/filters.lua --input %s/picture.npy -o %s/maps.png --quiet"):format(cnngen, build, build))
tap.report((tap.read(build .. "/maps.png") or ""):sub(1, 8) == "\x89PNG\r\n\x1a\n", "the filters write a picture of their maps", err)

-- A network of 100 samples of ones: lines of what predict answers, and of what forward does in training, twice. A slope of one changes
-- nothing, and lets the network be trained.
local function trained_twice(name, layers)
    tap.write(("%s/%s.lua"):format(build, name), ("return model { batch = 100, input = %s, prelu { init = 1 } }"):format(layers))
    tap.write(("%s/%s_main.c"):format(build, name), ([[
#include "NAME.h"
#include <stdio.h>
static NAME_params params;
static NAME_tape tape;
static NAME_scratch scratch;
static float ones[100 * UPPER_INPUT_SIZE], output[UPPER_OUTPUT_SIZE];
int main(void)
{
    NAME_init(&params, 1);
    for (int i = 0; i < 100 * UPPER_INPUT_SIZE; i++)
        ones[i] = 1;
    NAME_predict(&params, ones, output, &scratch);
    for (int i = 0; i < UPPER_OUTPUT_SIZE; i++)
        printf("%g ", (double)output[i]);
    printf("\n");
    for (int step = 0; step < 2; step++) {
        const float *outputs = NAME_forward(&params, ones, 100, &tape);
        for (int i = 0; i < 100 * UPPER_OUTPUT_SIZE; i++)
            printf("%.3f ", (double)outputs[i]);
        printf("\n");
    }
    return 0;
}
]]):gsub("NAME", name):gsub("UPPER", name:upper()))
    local out, message = tap.run(("%s %s/%s.lua --standalone -o %s/%s.c && cc -O1 %s/%s.c %s/%s_main.c -o %s/%s && %s/%s"):format(
        cnngen, build, name, build, name, build, name, build, name, build, name, build, name))
    local lines = {}
    for line in out:gmatch("[^\n]+") do lines[#lines + 1] = line end
    tap.report(#lines == 3 and not lines[1]:find("[^1 ]"), name .. ": predict drops nothing", message .. (lines[1] or ""):sub(1, 80))
    return lines, message
end

-- In training, spatial dropout keeps or drops a channel of a sample as a whole, so that the mean stays; predict passes all through.
for _, net in ipairs {{"dropped2d", "'3x5x24', spatial_dropout2d { 0.25 }", 15}, {"dropped1d", "'7x24', spatial_dropout1d { 0.25 }", 7}} do
    local name, pixels = net[1], net[3]
    local lines, message = trained_twice(name, net[2])
    local values, whole, dropped = {}, #lines == 3, 0
    for value in (lines[2] or ""):gmatch("%S+") do values[#values + 1] = value end
    for sample = 0, 99 do
        for c = 1, 24 do
            local first = values[sample * pixels * 24 + c]
            whole = whole and (first == "0.000" or first == "1.333")
            dropped = dropped + (first == "0.000" and 1 or 0)
            for pixel = 1, pixels - 1 do
                whole = whole and values[(sample * pixels + pixel) * 24 + c] == first
            end
        end
    end
    tap.report(whole and #values == 100 * pixels * 24, name .. ": a channel is kept or dropped as a whole", message)
    tap.report(dropped > 530 and dropped < 670, name .. ": a quarter of 2400 channels is dropped", dropped) -- 600, three deviations of 21
    tap.report(lines[2] ~= lines[3], name .. ": the next step drops others", "the same")
end

-- Two dropouts that share a function drop values independently: a quarter passes both.
do
    local lines = trained_twice("dropped_twice", "'24', dropout { 0.5 }, dropout { 0.5 }")
    local passed = select(2, (lines[2] or ""):gsub("4%.000", ""))
    tap.report(passed > 536 and passed < 664, "dropped_twice: a quarter of 2400 values passes both", passed) -- 600, three deviations of 21
    local code = tap.read(build .. "/dropped_twice.c") or ""
    tap.report(select(2, code:gsub("static void dropped_twice_%w+_forward", "")) == 2, "dropped_twice: one function for both", code:sub(1, 200))
end
-- Of equal values in a window the first gets the gradient: all four products with a kernel of zero are 0, the output is 0, the target 1, so that the
-- mean squared error has the gradient 2 * (0 - 1) = -2, and the kernel's is -2 times the first value of the image.
for number, options in ipairs {"", "--target portable", "--unroll none", "--unroll full"} do
    local net = "ties" .. number
    local spec = tap.write(("%s/%s.lua"):format(build, net), "return model { input = '2x2x1', conv2d { 1, kernel = 1, init = 0, bias = false }, maxpool2d { 2 }, flatten {}, dense { 1, init = 1, trainable = false }, loss = 'mse' }")
    local main = ('#include <stdio.h>\n#include "N.h"\nstatic N_params p, g;\nstatic N_tape t;\nint main(void)\n{\n    const float x[] = {3, 5, 7, 11}, y[] = {1};\n' ..
        '    N_init(&p, 1);\n    N_forward(&p, x, 1, &t);\n    N_backward(&p, x, y, 1, &t, &g);\n    printf("%g\\n", (double)g.conv1.kernel[0][0][0][0]);\n    return 0;\n}\n'):gsub("N_", net .. "_"):gsub('"N.h"', '"' .. net .. '.h"')
    tap.write(("%s/%s_main.c"):format(build, net), main)
    local out, err = tap.run(("%s %s %s --standalone -o %s/%s.c && cc -O1 -o %s/%s %s/%s_main.c %s/%s.c && %s/%s"):format(cnngen, spec, options, build, net, build, net, build, net, build, net, build, net))
    tap.report(out == "-6\n", "max pooling " .. options .. ": the first of equal values gets the gradient", out .. err)
end
tap.finish()
