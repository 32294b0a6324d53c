"""Running a trainee's code without the key: the sandbox, what runs inside it, its system calls."""
