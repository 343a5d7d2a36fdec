"""The benchmarks measure what they say: the stub is truthful, and the people are who they are."""
