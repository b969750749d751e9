% -- The gradient of a sum is that of both its inputs: what is left is to go back through the activation, in place.
% if L.activation.name ~= "linear" and not L.skip_gradient and not L.activation.from_input then
${signature("backward", {"y_in", "dy"})}
{
%   include("activate_gradient.c.t")
}
% end
