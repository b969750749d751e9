% -- The loss, written apart from the one under test, and what is done with it.
% local loss = M.loss
% if loss:find("cross_entropy") then
static double logarithm(double x)
{
    double sum = 0;
    int twos = 0;
    for (; x > 1.5; twos++)
        x /= 2;
    for (; x < 0.75; twos--)
        x *= 2;
    const double z = (x - 1) / (x + 1);
    double power = z;
    for (int i = 1; i < 40; i += 2, power *= z * z)
        sum += power / i;
    return 2 * sum + twos * 0.69314718055994531;
}

static double probability(double y)
{
    return y < 1e-7 ? 1e-7 : y > 1 - 1e-7 ? 1 - 1e-7 : y;
}

% end
/* The loss (${loss}) of one value; written apart from the one under test. */
static double loss_of(double y, double t)
{
% if loss == "cross_entropy" then
    return t > 0 ? -t * logarithm(probability(y)) : 0;
% elseif loss == "binary_cross_entropy" then
    const double p = probability(y);
    return -(t * logarithm(p) + (1 - t) * logarithm(1 - p)) / ${NAME}_OUTPUT_SIZE;
% elseif loss == "mse" then
    return (y - t) * (y - t) / ${NAME}_OUTPUT_SIZE;
% else
    const double d = y > t ? y - t : t - y;
%   if loss == "mae" then
    return d / ${NAME}_OUTPUT_SIZE;
%   else
    const double delta = ${exact(M.huber_delta)};
    return (d <= delta ? d * d / 2 : delta * (d - delta / 2)) / ${NAME}_OUTPUT_SIZE;
%   end
% end
}

static double forward(int count)
{
    double loss = 0;
    memset(&tape, 0xff, sizeof tape);
    tape.seed = 5;
    const real *const y = ${M.name}_forward(&params, inputs, count, &tape);
    for (size_t i = 0; i < (size_t)count * ${NAME}_OUTPUT_SIZE; i++)
        loss += loss_of(y[i], targets[i]);
    return loss / count;
}

static real backward(int count)
{
    memset(&grads, 0xff, sizeof grads);
    return ${M.name}_backward(&params, inputs, targets, count, &tape, &grads);
}

/* The parameters of a group go `distance` along their gradient; the loss there. */
static double loss_along(int group, double distance)
{
    reset_params();
    for (int k = 0; k < TENSORS; k++) {
        const tensor *const t = &tensors[k];
        double squares = 0;
        if (t->group != group)
            continue;
        for (size_t i = 0; i < t->count; i++)
            squares += (double)t->grads[i] * t->grads[i];
        const double factor = squares > 0 ? distance / root(squares) : 0;
        for (size_t i = 0; i < t->count; i++)
            t->values[i] = (real)(t->values[i] + factor * t->grads[i]);
    }
    return forward(DIFFERED);
}

/* How fast the loss grows along it by the gradient. */
static double slope(int group)
{
    double sum = 0;
    for (int k = 0; k < TENSORS; k++) {
        double squares = 0;
        for (size_t i = 0; tensors[k].group == group && i < tensors[k].count; i++)
            squares += (double)tensors[k].grads[i] * tensors[k].grads[i];
        sum += root(squares);
    }
    return sum;
}

static void make_targets(void)
{
% if loss == "cross_entropy" then
    for (size_t p = 0; p < (size_t)SAMPLES * (${NAME}_OUTPUT_SIZE / ${NAME}_OUTPUT_CHANNELS); p++)
        targets[p * ${NAME}_OUTPUT_CHANNELS + scramble((uint32_t)p) % ${NAME}_OUTPUT_CHANNELS] = 1;
% else
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        targets[i] = ${loss == "binary_cross_entropy" and "value(2, i) < 0" or "value(2, i)"};
% end
}
