local _ENV = {}
return model {}
