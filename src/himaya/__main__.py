"""`python -m himaya` is the `himaya` command."""

from himaya.cli import main

if __name__ == "__main__":
    main(prog_name="himaya")
