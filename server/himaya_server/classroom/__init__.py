"""A class on one small machine: its store, its service, its cards. It starts no kernel and grades nothing."""
