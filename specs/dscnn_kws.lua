-- DS-CNN (MLPerf Tiny, keyword spotting): 49 frames of 10 MFCC features, 12 words.
local function separable()
  return { depthwise_bn { 3, bias = true }, conv_bn { 64, kernel = 1, bias = true } }
end
return model {
  input = "49x10x1",
  conv_bn { 64, kernel = "10x4", stride = 2, bias = true },
  dropout { 0.2 },
  separable(), separable(), separable(), separable(),
  dropout { 0.4 },
  avgpool2d { "25x5" },
  flatten {},
  dense { 12, activation = "softmax" },
  optimizer = adam { lr = 5e-4 },
  batch = 32,
}
