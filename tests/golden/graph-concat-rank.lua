return model {
  input = "8x8x3",
  concat { { flatten {} }, { global_avgpool2d {} }, {} },
}
