/* import.h - a trained ONNX model becomes a spec that a person could have written, and weights. */
#ifndef IMPORT_H
#define IMPORT_H

#include "diag.h"

/* Reads the model at `path`, writes the spec to `output` ("x.lua") and its weights beside it
 * ("x.safetensors"). keep_layout: the network takes its input in the order that the model has it,
 * channels first, not last. False after messages; then nothing was written. */
bool import_onnx(Arena *arena, Diag *diag, const char *path, const char *output, bool keep_layout);

#endif
