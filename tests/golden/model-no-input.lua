return model {
  dense { 4 },
}
