-- args: --ram least
-- What a step that is computed again works with is there in backward for one sample, its kernel in another order for all of them.
return model { input = "6x6x3", batch = 8, conv2d { 5, kernel = 3, stride = 2, padding = 'same', activation = 'relu' }, upsample2d { 2, interpolation = 'bilinear' }, conv2d { 4, kernel = 3, padding = 'same', activation = 'relu' }, conv2d_transpose { 5, kernel = 2, stride = 2, activation = 'relu' }, conv2d { 2, kernel = 3 } }
