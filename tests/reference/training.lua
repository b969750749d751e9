-- Losses and optimizers.
local training = {}

-- Losses of one sample.
local losses = {}

local function mean(f)
    return function(y, t, delta)
        local sum = 0
        for i = 1, #y do
            sum = sum + f(y[i], t[i], delta)
        end
        return sum / #y
    end
end
local function clip(p)
    return math.min(math.max(p, 1e-7), 1 - 1e-7)
end
losses.mse = mean(function(y, t) return (y - t) ^ 2 end)
losses.mae = mean(function(y, t) return math.abs(y - t) end)
losses.huber = mean(function(y, t, delta)
    local d = math.abs(y - t)
    return d <= delta and d * d / 2 or delta * (d - delta / 2)
end)
losses.binary_cross_entropy = mean(function(y, t)
    return -t * math.log(clip(y)) - (1 - t) * math.log(1 - clip(y))
end)
function losses.cross_entropy(y, t)
    local sum = 0
    for i = 1, #y do
        sum = sum - t[i] * math.log(clip(y[i]))
    end
    return sum
end

-- One step of an optimizer on the trainable values: w and g are changed lists, state keeps moments. What follows the batches has a momentum,
-- and its distance from them as g.
function training.step(o, w, g, state, trainable, momentum)
    state.step = (state.step or 0) + 1
    state.m, state.v = state.m or {}, state.v or {}
    local scale = 1
    if o.clip_norm then
        local sum = 0
        for i = 1, #w do
            sum = sum + (trainable[i] and g[i] * g[i] or 0)
        end
        scale = math.min(1, o.clip_norm / math.sqrt(sum))
    end
    local defaults = {sgd = 0.01, momentum = 0.01, nesterov = 0.01, rmsprop = 0.001, adam = 0.001, adamw = 0.001}
    local lr, mu, rho, b1, b2 = o.lr or defaults[o.name], o.momentum or 0.9, o.rho or 0.9, o.beta1 or 0.9, o.beta2 or 0.999
    local epsilon, decay = o.epsilon or 1e-7, o.weight_decay or (o.name == "adamw" and 0.004 or 0)
    for i = 1, #w do
        if trainable[i] then
            local d = scale * g[i] + (o.name ~= "adamw" and decay * w[i] or 0)
            local m, v = state.m[i] or 0, state.v[i] or 0
            local change
            if o.name == "sgd" then
                change = lr * d
            elseif o.name == "momentum" or o.name == "nesterov" then
                m = mu * m + d
                change = lr * (o.name == "momentum" and m or d + mu * m)
            elseif o.name == "rmsprop" then
                v = rho * v + (1 - rho) * d * d
                change = lr * d / (math.sqrt(v) + epsilon)
            else
                m, v = b1 * m + (1 - b1) * d, b2 * v + (1 - b2) * d * d
                local mh, vh = m / (1 - b1 ^ state.step), v / (1 - b2 ^ state.step)
                change = lr * mh / (math.sqrt(vh) + epsilon) + (o.name == "adamw" and lr * decay * w[i] or 0)
            end
            state.m[i], state.v[i] = m, v
            w[i] = w[i] - change
        elseif momentum[i] then
            w[i] = w[i] - (1 - momentum[i]) * g[i]
        end
    end
end

function training.loss(name, output, target, delta)
    return losses[name](output, target, delta)
end

return training
