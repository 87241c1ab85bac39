// Which versions of a compiler nvcc works with: nothing that a compiler of the host asks.
