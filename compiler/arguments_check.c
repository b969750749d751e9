/* arguments_check.c - what belongs together on a command line. */
#include <string.h>

#include "arguments.h"
#include "weights.h"

static bool check_report(Diag *diag, const Arguments *a)
{
    if (!a->run.output)
        return diag_usage(diag, "report needs -o");
    if (a->run.input && a->run.data)
        return diag_usage(diag, "--input and --data do not go together: a report shows one sample");
    return true;
}

static bool check_weights(Diag *diag, const Arguments *a)
{
    const WeightsFormat format =
        a->run.output ? weights_format(a->run.output) : WEIGHTS_SAFETENSORS;
    if (!a->run.weights)
        return diag_usage(diag, "weights needs --weights");
    if (format == WEIGHTS_UNKNOWN)
        return diag_usage(diag,
                          "-o must name a .safetensors, .npz, .npy or .weights.h5 file, not "
                          "'%s'",
                          a->run.output);
    if (a->names != NAMES_CNNGEN && !a->run.output)
        return diag_usage(diag, "--names says how tensors are called in the file of -o");
    if (a->names == NAMES_TORCH && format != WEIGHTS_SAFETENSORS && format != WEIGHTS_NPZ)
        return diag_usage(diag, "--names torch goes with .safetensors and .npz");
    return true;
}

/* What a command cannot do without. */
bool arguments_check(Diag *diag, const Arguments *a)
{
    if (a->json + a->sarif + (a->dump != NULL) > 1)
        return diag_usage(diag, "%s do not go together",
                          !a->sarif ? "--json and --dump"
                          : a->json ? "--json and --sarif"
                                    : "--sarif and --dump");
    if (a->selftest && a->run.output && strcmp(a->selftest, a->run.output) == 0)
        return diag_usage(diag, "--selftest and -o name the same file, '%s'", a->selftest);
    if (a->misra && !a->plan.portable)
        return diag_usage(diag, "--misra goes with --target portable: GNU vectors are not C99");
    if (a->misra && a->run.output && strcmp(a->misra, a->run.output) == 0)
        return diag_usage(diag, "--misra and -o name the same file, '%s'", a->misra);
    if (a->depfile_path && !a->depfile)
        return diag_usage(diag, "-MF says where -MD writes, and there is no -MD");
    if (a->command == COMMAND_DIFF && a->spec_count != 2)
        return diag_usage(diag, "diff takes two specs, not %d", a->spec_count);
    if (a->plan.inference && a->plan.threads > 1)
        return diag_usage(diag, "--threads splits training, and --inference leaves it out");
    if (a->spec_count == 0)
        return diag_usage(diag, "no %s given; see cnngen --help",
                          a->command == COMMAND_IMPORT ? "model" : "spec");
    if (a->spec_count > 1 && a->command != COMMAND_CHECK && a->command != COMMAND_DIFF)
        return diag_usage(diag, "one spec at a time, not %d; only check takes several",
                          a->spec_count);
    if (a->command == COMMAND_COMPILE && !a->run.output)
        return diag_usage(diag, "-o OUT.c is missing");
    if (a->command == COMMAND_IMPORT && !a->run.output)
        return diag_usage(diag, "import needs -o SPEC.lua");
    if (a->command == COMMAND_TRAIN && (!a->run.data || !a->run.output))
        return diag_usage(diag, "train needs --data and -o");
    if ((a->command == COMMAND_EVAL || a->command == COMMAND_SHOW) &&
        (!a->run.data || !a->run.weights))
        return diag_usage(diag, "%s needs --weights and --data",
                          a->command == COMMAND_EVAL ? "eval" : "show");
    if (a->command == COMMAND_REPORT)
        return check_report(diag, a);
    if (a->command == COMMAND_EXPORT && !a->run.output)
        return diag_usage(diag, "export needs -o MODEL.py");
    if (a->command == COMMAND_RUN && !a->run.input)
        return diag_usage(diag, "run needs --input");
    if (a->run.map && !a->run.weights)
        return diag_usage(diag, "--map says how the tensors of --weights are called");
    return a->command != COMMAND_WEIGHTS || check_weights(diag, a);
}
