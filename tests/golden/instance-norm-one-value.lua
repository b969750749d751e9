return model {
  input = "8x8x3",
  global_avgpool2d { keepdims = true },
  instance_norm {},
  group_norm {},
}
