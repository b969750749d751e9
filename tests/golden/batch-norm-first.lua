return model { batch_norm {} }
