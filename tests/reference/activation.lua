-- Activations of a list of values.
-- erf by its series, every term positive.
local function erf(x)
    local a = math.abs(x)
    if a > 6 then
        return x < 0 and -1 or 1
    end
    local term, sum, odd = a, a, 1
    while term > sum * 1e-18 do
        odd = odd + 2
        term = term * 2 * a * a / odd
        sum = sum + term
    end
    local y = 2 / math.sqrt(math.pi) * math.exp(-a * a) * sum
    return x < 0 and -y or y
end

local function sigmoid(x)
    return 1 / (1 + math.exp(-x))
end

local function relu6(x)
    return math.min(math.max(x, 0), 6)
end

local elementwise = {
    linear = function(x) return x end,
    relu = function(x) return math.max(x, 0) end,
    leaky_relu = function(x, a) return x < 0 and (a or 0.01) * x or x end,
    relu6 = relu6,
    thresholded_relu = function(x, a) return x > (a or 1) and x or 0 end,
    sigmoid = sigmoid,
    tanh = function(x) return 1 - 2 / (math.exp(2 * x) + 1) end,
    softplus = function(x) return math.max(x, 0) + math.log(1 + math.exp(-math.abs(x))) end,
    softsign = function(x) return x / (1 + math.abs(x)) end,
    elu = function(x, a) return x < 0 and (a or 1) * (math.exp(x) - 1) or x end,
    gelu = function(x) return x / 2 * (1 + erf(x / math.sqrt(2))) end,
    gelu_tanh = function(x)
        local u = math.sqrt(2 / math.pi) * (x + 0.044715 * x ^ 3)
        return x / 2 * (1 + 1 - 2 / (math.exp(2 * u) + 1))
    end,
    silu = function(x) return x * sigmoid(x) end,
    hard_sigmoid = function(x) return relu6(x + 3) / 6 end,
    hard_swish = function(x) return x * relu6(x + 3) / 6 end,
}

local function activate(values, channels, name, alpha)
    local y = {}
    if name ~= "softmax" then
        for i = 1, #values do
            y[i] = elementwise[name](values[i], alpha)
        end
        return y
    end
    for first = 1, #values, channels do
        local most, sum = -math.huge, 0
        for i = first, first + channels - 1 do
            most = math.max(most, values[i])
        end
        for i = first, first + channels - 1 do
            y[i] = math.exp(values[i] - most)
            sum = sum + y[i]
        end
        for i = first, first + channels - 1 do
            y[i] = y[i] / sum
        end
    end
    return y
end

return {elementwise = elementwise, activate = activate}
