local net
return net
