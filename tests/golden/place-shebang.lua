#!/usr/bin/env cnngen
return model { input = "8", dense { 0 } }
