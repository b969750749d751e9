% -- Nothing: the gradient goes on to x as it is (handover.c.t).
