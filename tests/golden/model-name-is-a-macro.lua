return model {
  input = "8",
  dense { 4, name = "NULL" },
  dense { 4, name = "INT32_MAX" },
  dense { 4, name = "unix" },
  dense { 4, name = "INTAKE" },
  dense { 4, name = "C1" },
}
