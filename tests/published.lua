-- published.lua - parameter counts and multiply-adds of published networks: what papers and frameworks say, and where they say it.
-- usage: lua5.4 tests/published.lua CNNGEN
local tap = dofile("tests/tap.lua")
local cnngen = arg[1]

-- all: with the moving statistics of norms, as Keras counts; trained: without, as PyTorch does.
local networks = {
    {"lenet5", "", all = 61706, trained = 61706, from = "sums of the paper's layers, with a full second convolution"},
    {"alexnet", "", all = 61100840, trained = 61100840, macs = "0.714", from = "torchvision alexnet; billions of multiply-adds as in torchvision's documentation"},
    {"vgg16", "", all = 138357544, trained = 138357544, macs = "15.47", from = "Keras and torchvision vgg16; billions of multiply-adds as in torchvision's documentation"},
    {"resnet18", "", all = 11699112, trained = 11689512, macs = "1.814", from = "torchvision resnet18: 11,689,512 parameters, 9,600 statistics; billions of multiply-adds as in torchvision's documentation"},
    {"resnet50", "", all = 25610152, trained = 25557032, macs = "4.089", from = "torchvision resnet50: 25,557,032 parameters, 53,120 statistics; billions of multiply-adds as in torchvision's documentation"},
    {"resnet50", "-D keras=true", all = 25636712, trained = 25583592, from = "Keras ResNet50"},
    {"mobilenet_v1", "", all = 4253864, trained = 4231976, macs = "0.569", from = "Keras MobileNet; 569 million multiply-adds in the paper"},
    {"mobilenet_v1", "-D width=0.25", all = 475544, trained = 470072, from = "Keras MobileNet, alpha 0.25"},
    {"mobilenet_v2", "", all = 3538984, trained = 3504872, macs = "0.301", from = "Keras MobileNetV2; torchvision mobilenet_v2 without the statistics; billions of multiply-adds as in torchvision's documentation"},
    {"squeezenet", "", all = 1235496, trained = 1235496, macs = "0.349", from = "torchvision squeezenet1_1; billions of multiply-adds as in torchvision's documentation"},
    {"unet_small", "-D channels=3 -D depth=4", all = 1941105, trained = 1941105, from = "Keras examples of a U-Net with 16 to 256 filters and 2x2 transposed convolutions"},
    {"unet_small", "-D channels=3 -D depth=4 -D width=32 -D norm=true", all = 7768929, trained = 7763041, from = "brain-segmentation-pytorch unet: 7,763,041 parameters, 5,888 statistics"},
    {"unet_small", "-D channels=3 -D depth=4 -D width=64 -D norm=true", all = 31049409, trained = 31037633, from = "PyTorch U-Nets with 64 to 1024 filters and norms: 31,037,633 parameters, 11,776 statistics"},
    {"resnet8", "", all = 78666, from = "MLPerf Tiny"},
    {"dscnn_kws", "", all = 24908, from = "MLPerf Tiny"},
    {"mobilenet_v1_025_vww", "", all = 221794, from = "MLPerf Tiny"},
    {"autoencoder_ad", "", all = 269992, from = "MLPerf Tiny"},
    {"sww_conv1d", "", all = 47707, from = "MLPerf Tiny"},
}
for _, n in ipairs(networks) do
    local out, err, status = tap.run(("%s check specs/%s.lua %s --json"):format(cnngen, n[1], n[2]))
    local params, trained = tonumber(out:match('"params": (%d+),')), tonumber(out:match('"trainable": (%d+),'))
    local name = ("%s %s: %d parameters"):format(n[1], n[2], n.all)
    tap.report(status == 0 and params == n.all and (not n.trained or trained == n.trained), name,
        ("%s of them %s trained, not %s of %s (%s)\n%s"):format(params, trained, n.trained or "any", n.all, n.from, err))
    if n.macs then
        local macs = (tonumber(out:match('"macs": (%d+),')) or 0) / 1e9
        macs = ("%." .. #n.macs:match("%.(.*)") .. "f"):format(macs)
        tap.report(macs == n.macs, ("%s: %s billion multiply-adds"):format(n[1], n.macs), macs .. " (" .. n.from .. ")")
    end
end
tap.finish()
