"""`python -m himaya` is the `himaya` command."""

from himaya.commands.main import main

if __name__ == "__main__":
    main(prog_name="himaya")
