% -- With --reproducible: sums side by side become one, in the same order on every target.
% for _, n in ipairs {4, 8, 16} do if M.body:find("total" .. n .. "(", 1, true) then
/* ${n} sums side by side become one: halves of them are added until one is left. */
static real total${n}(real *sums)
{
    for (int half = ${n // 2}; half > 0; half /= 2) {
        for (int k = 0; k < half; k++) {
            sums[k] += sums[k + half];
        }
    }
    return sums[0];
}

% end end
