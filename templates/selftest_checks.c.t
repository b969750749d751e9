% -- The checks, each a line of TAP, and main.
% local step_size = training and exact(math.abs(golden.steps[1]) + 1e-6)
% local size = training and exact(math.abs(golden.loss) + 1e-6)
% local steps = training and list(golden.calm and golden.steps or {golden.steps[1], 0, 0}, exact)
% local later = golden.calm and "" or " # SKIP this learning rate is too large for random data"
static void test_predict(void)
{
    static const real *const expected[] = {${list(golden.predict, function(_, k) return "expected_output" .. k - 1 end)}};
    static const char *const names[] = {"sample 0", "sample 1"};
    for (size_t i = 0; i < PREDICTED; i++) {
        const int kept = predict(i);
        report(same_vector(output, ${NAME}_OUTPUT_SIZE, expected[i], ${S.tolerance_output}) && kept, "predict: ", names[i],
               kept ? "" : ", writes behind the output");
    }
}
%   if training then

static void test_gradients(void)
{
    const double loss = forward(COMPARED), told = backward(COMPARED);
    const double allowed = ${S.tolerance_loss} * ${size};
    report(near("the loss", told, ${exact(golden.loss)}, allowed) &&
               near("the loss of backward", told, loss, allowed), "forward and backward: loss of ${S.compared} sample${S.compared > 1 and "s" or ""}", "", "");
    for (int i = 0; i < TENSORS; i++)
        if (tensors[i].grads)
            report(same_vector(tensors[i].grads, tensors[i].count, tensors[i].expected, ${string.format("%.3g", math.max(S.tolerance_gradient, 4 * golden.doubt))}), "gradient of ", tensors[i].name, "");
}

/* The loss itself, a step ahead and a step back, tells how fast it grows; the steps are those where the reference agrees best. */
static void test_differences(void)
{
%     if groups > 0 then
    static const double steps[] = {${list(golden.groups, function(g) return exact(g.h) end)}};
    static const double tolerance[] = {${list(golden.groups, function(g) return string.format("%.3g", g.allowed) end)}}; /* 0: too flat */
    for (int group = 0; group < ${groups}; group++) {
        const char *name = "";
        for (int i = TENSORS - 1; i >= 0; i--)
            name = tensors[i].group == group ? tensors[i].name : name;
        reset_params();
        forward(DIFFERED);
        backward(DIFFERED);
        const double expected = slope(group), h = steps[group];
        if (tolerance[group] <= 0) {
            report(1, "difference along the gradient from ", name, " # SKIP the loss is too flat there");
            continue;
        }
        const double up = loss_along(group, h), down = loss_along(group, -h);
        report(near("the difference", (up - down) / (2 * h), expected, tolerance[group] * expected),
               "difference along the gradient from ", name, "");
    }
%     end
}

static void test_steps(void)
{
    static const double expected[] = {${steps}};
    const double allowed = ${S.tolerance_loss} * ${step_size};
    int first = 1, later = 1;
    reset_params();
    memset(&state, 0, sizeof state);
    memset(&tape, 0xff, sizeof tape);
    tape.seed = 5;
    for (int i = 0; i < 3; i++) {
        const double loss = ${M.name}_train_step(&params, inputs, targets, SAMPLES, &tape, &state, ${NAME}_LEARNING_RATE);
        if (i == 0)
            first = near("the loss", loss, expected[i], allowed);
        else${golden.calm and "" or " if (expected[i] > 0)"}
            later &= near("the loss", loss, expected[i], ${S.tolerance_step} * ${step_size});
    }
    report(first, "train_step: loss of ${S.samples} sample${S.samples > 1 and "s" or ""}", "", "");
    report(later, "train_step: two more steps of ${M.optimizer.name}", "", "${later}");
}
%   end

int SELFTEST_MAIN(void)
{
    tests = failures = 0;
    put_text("1..${tests}\n");
    fill(inputs, sizeof inputs / sizeof *inputs, ${math.tointeger(golden.seed)}, 1, 0);
%   if own then
    reset_params();
%   end
%   if M.weights then
    test_weights();
%   end
    test_predict();
%   if training then
    make_targets();
    test_gradients();
    test_differences();
    test_steps();
%   end
    return failures > 0;
}
