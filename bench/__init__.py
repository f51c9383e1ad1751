"""Speed of credit_collection on large books; `bench/run` is the way in, `--help` tells the options."""
