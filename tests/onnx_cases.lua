-- onnx_cases.lua - the cases of ONNX that no spec can say, and the words of the message that says so. Every other case must pass.
local cases = {}
local function cannot(reason, message, names)
    for name in names:gmatch("%S+") do
        cases["test_" .. name] = {reason = reason, message = message}
    end
end

-- What no network of cnngen contains.
local OUTSIDE = "not a network of cnngen: "
cannot(OUTSIDE .. "three spatial axes", "three spatial axes", [[
    averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_False averagepool_3d_dilations_large_count_include_pad_is_0_ceil_mode_is_True
    averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_False averagepool_3d_dilations_large_count_include_pad_is_1_ceil_mode_is_True
    averagepool_3d_dilations_small convtranspose_3d maxpool_3d_dilations maxpool_3d_dilations_use_ref_impl maxpool_3d_dilations_use_ref_impl_large
    AvgPool3d AvgPool3d_stride AvgPool3d_stride1_pad0_gpu_input Conv3d Conv3d_dilated Conv3d_dilated_strided Conv3d_groups Conv3d_no_bias Conv3d_stride
    Conv3d_stride_padding MaxPool3d MaxPool3d_stride MaxPool3d_stride_padding]])
cannot(OUTSIDE .. "several inputs", "it appends constants", "concat_1d_axis_0 concat_1d_axis_negative_1 concat_2d_axis_1 concat_2d_axis_negative_1 concat_3d_axis_1 concat_3d_axis_negative_2 operator_concat2")
cannot(OUTSIDE .. "several inputs", "not that of the channels", "concat_2d_axis_0 concat_2d_axis_negative_2 concat_3d_axis_0 concat_3d_axis_2 concat_3d_axis_negative_1 concat_3d_axis_negative_3")
cannot(OUTSIDE .. "several inputs", "a dense layer has two", "matmul_1d_3d matmul_3d matmul_4d matmul_bcast")
cannot(OUTSIDE .. "several inputs", "adds what is computed", "operator_addmm")
cannot(OUTSIDE .. "no values at all", "has no fixed size", "reduce_sum_empty_set reduce_sum_empty_set_non_reduced_axis_zero reduce_sum_square_empty_set_expanded")
cannot(OUTSIDE .. "no values at all", "its sizes make no sense", "reshape_allowzero_reordered")
cannot(OUTSIDE .. "whole numbers", "does not hold float32", "operator_non_float_params")

-- What no layer of cnngen does.
cannot("no layer: dilated pools", "a pool with dilation", "averagepool_2d_dilations maxpool_2d_dilations")
cannot("no layer: LpPool", "LpPool", "lppool_1d_default lppool_2d_default lppool_2d_dilations lppool_2d_pads lppool_2d_same_lower lppool_2d_same_upper lppool_2d_strides")
cannot("no layer: LRN", "LRN", "lrn lrn_default")

-- Numbers that float32 has not, and a recorded output of four digits.
local float64 = {}
for name in ("operator_add_broadcast operator_add_size1_right_broadcast operator_add_size1_singleton_broadcast operator_addconstant"):gmatch("%S+") do
    float64["test_" .. name] = true
end
local tolerances = {test_averagepool_2d_ceil_last_window_starts_on_pad = 1e-3}

return {cases = cases, float64 = float64, tolerances = tolerances, outside = OUTSIDE}
