/* import_operators.c - the operators that import knows, and what to do about those it does not. */
#include "import_graph.h"

#include <string.h>

static const struct {
    const char *type;
    Operator *operator;
    bool folds; /* works on constants alone, too */
} known[] = {
    {"Add", import_sum, false},
    {"AveragePool", import_pool, false},
    {"BatchNormalization", import_norm, false},
    {"Cast", import_identity, true},
    {"Celu", import_activation, false},
    {"Clip", import_clip, false},
    {"Concat", import_concat_known, true},
    {"Constant", import_constant_op, true},
    {"Conv", import_conv, false},
    {"ConvTranspose", import_conv_transpose, false},
    {"DepthToSpace", import_depth_to_space, false},
    {"Div", import_divide, false},
    {"Dropout", import_dropout, false},
    {"Elu", import_activation, false},
    {"Erf", import_erf, false},
    {"Flatten", import_flatten, true},
    {"Gather", import_gather, true},
    {"Gelu", import_activation, false},
    {"Gemm", import_gemm, false},
    {"GlobalAveragePool", import_global_pool, false},
    {"GlobalMaxPool", import_global_pool, false},
    {"GroupNormalization", import_group_norm, false},
    {"HardSigmoid", import_activation, false},
    {"HardSwish", import_activation, false},
    {"Identity", import_identity, true},
    {"InstanceNormalization", import_group_norm, false},
    {"LayerNormalization", import_layer_norm, false},
    {"LeakyRelu", import_activation, false},
    {"LogSoftmax", import_log_softmax, false},
    {"MatMul", import_matmul, false},
    {"Max", import_extreme, false},
    {"MaxPool", import_pool, false},
    {"Min", import_extreme, false},
    {"Mish", import_activation, false},
    {"Mul", import_multiply, false},
    {"Neg", import_activation, false},
    {"PRelu", import_prelu, false},
    {"Pad", import_pad, false},
    {"ReduceMax", import_reduce, false},
    {"ReduceMean", import_reduce, false},
    {"ReduceSum", import_reduce, false},
    {"Relu", import_activation, false},
    {"Reshape", import_reshape_op, true},
    {"Resize", import_resize, false},
    {"Selu", import_activation, false},
    {"Shape", import_shape_of, true},
    {"Sigmoid", import_activation, false},
    {"Softmax", import_softmax, false},
    {"Softplus", import_activation, false},
    {"Softsign", import_activation, false},
    {"SpaceToDepth", import_space_to_depth, false},
    {"Squeeze", import_squeeze, true},
    {"Sub", import_subtract, false},
    {"Sum", import_sum, false},
    {"Tanh", import_activation, false},
    {"ThresholdedRelu", import_activation, false},
    {"Transpose", import_transpose_op, true},
    {"Unsqueeze", import_unsqueeze, true},
    {"Upsample", import_resize, false},
};

/* What could be done instead. */
static const struct {
    const char *type, *advice;
} advices[] = {
    {"ArgMax", "cnngen has no such layer; leave it out; the caller finds the largest output"},
    {"GRU", "cnngen has no such layer; recurrent networks have no layers here"},
    {"LSTM", "cnngen has no such layer; recurrent networks have no layers here"},
    {"RNN", "cnngen has no such layer; recurrent networks have no layers here"},
    {"If", "cnngen has no such layer; export the model with fixed sizes, so that nothing branches"},
    {"Loop", "cnngen has no such layer; export the model with fixed sizes, so that nothing loops"},
    {"LRN", "cnngen has no such layer; train with BatchNormalization"},
    {"LpPool", "cnngen has no such layer; use AveragePool or MaxPool"},
    {"MaxUnpool", "cnngen has no such layer; use Resize or ConvTranspose"},
    {"NonMaxSuppression",
     "cnngen has no such layer; cut the model off before it; the caller picks boxes"},
    {"Slice",
     "cnngen has no such layer; cut the input before the network, or use Pad with negative pads"},
    {"Split", "cnngen has no such layer; use two layers that read the same input"},
};

static bool is_quantised(const char *type)
{
    static const char *const names[] = {"QuantizeLinear",  "DequantizeLinear", "QLinear",
                                        "DynamicQuantize", "ConvInteger",      "MatMulInteger",
                                        "QGemm",           "QAttention"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(type, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

Operator *import_operator(const Onnx__Node *node, const char **advice, bool *folds)
{
    const bool standard = *node->domain == '\0' || strcmp(node->domain, "ai.onnx") == 0;
    for (size_t i = 0; standard && i < sizeof known / sizeof *known; i++)
        if (strcmp(node->op_type, known[i].type) == 0) {
            *folds = known[i].folds;
            return known[i].operator;
        }
    *advice = is_quantised(node->op_type)
                  ? "a quantised operator; export the model in float32, before quantisation"
                  : "cnngen has no such layer; export the model without it, or cut it off there";
    for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
        if (strcmp(node->op_type, advices[i].type) == 0)
            *advice = advices[i].advice;
    return NULL;
}
