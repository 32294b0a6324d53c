"""What a trainee can do: pure rules, formats and checks of every kind of activity. No I/O, no clock, no Jupyter."""
